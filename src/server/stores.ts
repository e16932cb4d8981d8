/** @module Builds what login modules ask: databases, directories and truststores by name. */

import { createFileChanger } from '../adapters/file-changer.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { createDirectories } from '../adapters/ldap/directories.ts';
import { createMemoryEphemeralStore } from '../adapters/memory-ephemeral-store.ts';
import { createPasswords } from '../adapters/passwords/passwords.ts';
import type { OpenTruststore } from '../adapters/pki/truststore.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Clock } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import type { WatchBytes, WatchFile } from '../spi/watched-file.ts';
import type { Closers } from './closers.ts';
import { buildDatasources } from './datasources.ts';
import type { Stores } from './module-services.ts';
import { sealingKeys } from './sealing-keys.ts';
import { buildTruststores } from './truststores.ts';

export interface StoresParts {
  readonly configuration: Configuration;
  readonly home: HomeFolder;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly watchFile: WatchFile;
  readonly watchBytes: WatchBytes;
  readonly closers: Closers;
}

/** Listeners ask a truststore more than modules may. */
export type BuiltStores = Omit<Stores, 'realms'> & { readonly truststores: ReadonlyMap<string, OpenTruststore> };

export async function buildStores(parts: StoresParts): Promise<BuiltStores> {
  const { clock, closers } = parts;
  const directories = closers.add(createDirectories(clock), (open) => open.close());
  return {
    passwords: closers.add(createPasswords({ random: systemRandom }), (service) => service.close()),
    changeFile: createFileChanger(parts.home),
    sealingKey: sealingKeys(parts.home, systemRandom),
    ephemeral: closers.add(createMemoryEphemeralStore({ clock }), (store) => store.close()),
    datasources: await buildDatasources({ ...parts, datasources: parts.configuration.datasources }),
    truststores: await buildTruststores(parts.configuration.truststores, { ...parts, random: systemRandom }),
    openDirectory: directories.open,
  };
}
