/** @module The stores of a home without a server: every file is read once, and nobody else's counters are seen. */
import { seenAtOnce } from '../adapters/file-changer.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import { createWatchedFiles, type WatchedFiles } from '../adapters/watched-files.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import type { Closers } from './closers.ts';
import type { NamedStores } from './module-services.ts';
import { buildConfiguredStores, openLastingStores } from './stores.ts';

export interface OfflineStoresOptions {
  readonly home: HomeFolder;
  readonly configuration: Configuration;
  /** Told what a start would warn of. */
  readonly logger: Logger;
  readonly closers: Closers;
  /** That of the machine where it is left out. */
  readonly clock?: Clock;
}

/** What building realms and modules takes. */
export interface OfflineStores {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: WatchedFiles;
  readonly logger: Logger;
  readonly closers: Closers;
  readonly stores: NamedStores;
}

/** Counters of the server are neither seen nor touched, wherever it keeps them. @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when a file that a store names cannot be used */
export async function openOfflineStores(options: OfflineStoresOptions): Promise<OfflineStores> {
  const { home, configuration, logger, closers, clock = systemClock } = options;
  const random = systemRandom;
  const folder = home.resolve('configuration');
  const files = closers.add(createWatchedFiles({ folder, logger, automatic: false }), (open) => open.close());
  const lasting = openLastingStores({ home, clock, random, closers });
  const { ephemeral } = lasting;
  const parts = { configuration, home, clock, random, logger, files, closers, ephemeral };
  const configured = await buildConfiguredStores(parts);
  const stores = { ...lasting, ...configured, changeFile: seenAtOnce(lasting.changeFile, files) };
  return { clock, random, files, logger, closers, stores };
}
