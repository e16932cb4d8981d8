/** @module Directories by their options: those with equal options are one, with one set of connections. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../spi/clock.ts';
import type { Directory, DirectoryOptions } from '../../spi/directory.ts';

export interface Directories {
  /** Connects to nothing yet. Closed for good when everybody who opened it has closed it. */
  open(options: DirectoryOptions): Directory;
  close(): Promise<void>;
}

export function createDirectories(clock: Clock): Directories {
  /** Begun when a directory is opened, so that a configuration without one does not load its client. */
  const load = async (options: DirectoryOptions) => (await import('./directory.ts')).createDirectory(options, clock);
  const shared = new Map<string, { readonly directory: Promise<Directory>; users: number }>();

  return {
    open(options) {
      const key = keyOf(options);
      const entry = shared.get(key) ?? { directory: load(options), users: 0 };
      shared.set(key, entry);
      entry.users += 1;
      let open = true;
      return {
        search: async (search, signal) => (await entry.directory).search(search, signal),
        bind: async (dn, password, signal, home) => (await entry.directory).bind(dn, password, signal, home),
        async close() {
          if (!open) return;
          open = false;
          entry.users -= 1;
          if (entry.users > 0) return;
          shared.delete(key);
          await (await entry.directory).close();
        },
      };
    },
    async close() {
      const entries = [...shared.values()];
      shared.clear();
      await Promise.all(entries.map(async ({ directory }) => (await directory).close()));
    },
  };
}

/** A hash, so that no credential is a key. */
function keyOf({ service, authorities, ...options }: DirectoryOptions): string {
  const parts = [options, service?.dn, service?.credential.reveal(), authorities?.current()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
