/** @module What login modules ask: stores that outlast a change of the configuration, and those that it describes. */
import { createFileChanger } from '../adapters/file-changer.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { createDirectories } from '../adapters/ldap/directories.ts';
import { createMemoryEphemeralStore } from '../adapters/memory-ephemeral-store.ts';
import { createPasswords } from '../adapters/passwords/passwords.ts';
import type { OpenTruststore } from '../adapters/pki/truststore.ts';
import type { WatchedFiles } from '../adapters/watched-files.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { Logger } from '../spi/logger.ts';
import type { Closers } from './closers.ts';
import { buildDatasources } from './datasources.ts';
import { kerberosAcceptors } from './kerberos.ts';
import type { NamedStores, Stores } from './module-services.ts';
import { sealingKeys } from './sealing-keys.ts';
import { buildTruststores } from './truststores.ts';

/** Opened once a process: a counter of failures is no less true under another configuration. */
export type LastingStores = Omit<NamedStores, keyof ConfiguredStores>;

/** Of one configuration. Listeners ask a truststore more than modules may. */
export type ConfiguredStores = Pick<Stores, 'datasources' | 'kerberosAcceptor'> & {
  readonly truststores: ReadonlyMap<string, OpenTruststore>;
};

export interface LastingStoresParts {
  readonly home: HomeFolder;
  readonly clock: Clock;
  readonly random: Random;
  readonly closers: Closers;
}

export interface ConfiguredStoresParts extends LastingStoresParts {
  readonly configuration: Pick<Configuration, 'datasources' | 'truststores'>;
  readonly logger: Logger;
  readonly ephemeral: EphemeralStore;
  readonly files: Pick<WatchedFiles, 'watchFile' | 'watchBytes'>;
}

export function openLastingStores({ home, clock, random, closers }: LastingStoresParts): LastingStores {
  return {
    passwords: closers.add(createPasswords({ random }), (service) => service.close()),
    changeFile: createFileChanger(home),
    sealingKey: sealingKeys(home, random),
    ephemeral: closers.add(createMemoryEphemeralStore({ clock }), (store) => store.close()),
    openDirectory: closers.add(createDirectories(clock), (directories) => directories.close()).open,
  };
}

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when a file that one of them names cannot be used. Nothing is connected. */
export async function buildConfiguredStores(parts: ConfiguredStoresParts): Promise<ConfiguredStores> {
  const { datasources, truststores } = parts.configuration;
  return {
    datasources: await buildDatasources({ ...parts, datasources }),
    truststores: await buildTruststores(truststores, { ...parts, ...parts.files }),
    kerberosAcceptor: kerberosAcceptors({ ...parts, ...parts.files }, parts.home.resolve('configuration')),
  };
}
