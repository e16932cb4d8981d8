/** @module What `serve --check` looks at beyond the text: every file that the configuration names, as a start would. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { systemClock, systemRandom, systemTimers } from '../adapters/system-clock.ts';
import { loadKeyPair } from '../adapters/tls-key-pair.ts';
import type { Catalog } from '../catalog.ts';
import { type Configuration, publicUrlFor } from '../config/configuration.ts';
import { createKeySightings } from '../engine/key-sightings.ts';
import type { AuditSink } from '../spi/audit.ts';
import type { Logger } from '../spi/logger.ts';
import { Secret } from '../spi/secret.ts';
import { auditServicesOf } from './audit-services.ts';
import { createClosers } from './closers.ts';
import { hostNamesOf } from './host-names.ts';
import { openOwnKeys } from './own-keys.ts';
import { buildRevision } from './revision.ts';
import { buildSamlIdp } from './saml-idp.ts';
import { openPartners } from './saml-partners.ts';
import { createSigners } from './signers.ts';
import { openLastingStores } from './stores.ts';

export interface CheckParts {
  readonly home: HomeFolder;
  readonly configuration: Configuration;
  readonly catalog: Catalog;
  readonly schemasFolder: string;
  /** Told what a start would only warn of. */
  readonly logger: Logger;
}

/** Records nothing: a check is not a start. */
const noMetrics = {
  provider: { record: async () => undefined, close: async () => undefined },
  meter: { begun: () => undefined, ended: () => undefined },
};
const noSink = async (): Promise<AuditSink> => ({ append: async () => undefined, close: async () => undefined });

/** @throws the very fault with which a start would end. Opens no port and writes nothing. */
export async function checkFiles(parts: CheckParts): Promise<void> {
  const { home, configuration, schemasFolder, logger } = parts;
  const closers = createClosers();
  const clock = systemClock;
  const random = systemRandom;
  try {
    await checkKeyPairs(home, configuration);
    const lasting = openLastingStores({ home, clock, random, closers });
    await buildRevision({
      ...parts,
      revision: 'check',
      clock,
      random,
      watch: false,
      auditServices: auditServicesOf(logger, { openFile: noSink, openSyslog: noSink, openRedisStream: noSink }),
      metrics: noMetrics,
      lasting,
      closers,
    });
    if (configuration.samlIdp === undefined) return;
    const ring = await openOwnKeys({ home, clock, logger, watch: false });
    const signers = createSigners({ home, ring, own: configuration.samlIdp.signing });
    const { partners } = await openPartners(configuration.samlIdp.partners, {
      ...{ home, clock, random, closers, logger, timers: systemTimers, ephemeral: lasting.ephemeral, network: false },
      signers,
      report: async () => undefined,
    });
    await buildSamlIdp({
      configuration: configuration.samlIdp,
      partners,
      signers,
      sightings: createKeySightings(clock),
      publicUrl: publicUrlFor(configuration, configuration.ports),
      home,
      clock,
      random,
      ephemeral: lasting.ephemeral,
      pendingMs: configuration.login.pendingSeconds * 1000,
      schemasFolder,
      pairwiseKey: new Secret(new Uint8Array(32)),
      provable: [],
    });
  } finally {
    await closers.closeAll();
  }
}

async function checkKeyPairs(home: HomeFolder, configuration: Configuration): Promise<void> {
  const pairs = [
    { tls: configuration.tls, hostNames: hostNamesOf(configuration) },
    { tls: configuration.managementTls, hostNames: [] },
  ];
  for (const { tls, hostNames } of pairs) {
    if (tls === undefined) continue;
    const [certificate, key] = [home.inConfiguration(tls.certificate), home.inConfiguration(tls.key)];
    await loadKeyPair({ certificate, key, hostNames, now: systemClock.now() });
  }
}
