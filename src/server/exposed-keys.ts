/** @module Warns of private keys that others can read. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Logger } from '../spi/logger.ts';

/** A private key that every user of the machine may read is not private; it still works, so the start goes on. */
export async function warnOfExposedKeys(home: HomeFolder, configuration: Configuration, logger: Logger): Promise<void> {
  const { samlIdp, samlSp, tls, managementTls } = configuration;
  const partnerKeys = samlIdp?.partners.map(({ signing }) => signing?.key) ?? [];
  const ours = [samlIdp?.signing.key, samlSp?.signing.key, samlSp?.encryption?.key, tls?.key, managementTls?.key];
  const keys = [...ours, ...partnerKeys].filter((key) => key !== undefined);
  for (const file of await home.exposed([...new Set(keys)].map((key) => home.inConfiguration(key)))) {
    logger.warn({ file }, 'every user of this machine may read or change this private key: chmod 600');
  }
}
