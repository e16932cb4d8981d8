/** @module A user store that is a file: the first of some paths that exists, looked for again until one does. */
import { GatehouseError } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Watched, WatchFile } from './watched-file.ts';

export interface FileStore<T> {
  /** @throws ERR_STORE_UNAVAILABLE while none of the files exists, or the one that has appeared cannot be read. */
  read(): Promise<T>;
  /** The one of the paths that is in use; `undefined` while none of the files exists. */
  path(): string | undefined;
}

/**
 * Opens the first path that exists. When none does, the start goes on with a warning and every read looks again, so that
 * putting the file there heals the store without a restart (as in JBoss, which looks at each login).
 * @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when there is a file at start and it cannot be used.
 */
export async function openFileStore<T>(
  services: { readonly watchFile: WatchFile; readonly logger: Logger },
  paths: readonly string[],
  parse: (text: string) => T,
): Promise<FileStore<T>> {
  let opened: Watched<T> | undefined;
  let openedPath: string | undefined;
  let opening: Promise<Watched<T> | undefined> | undefined;

  async function open(): Promise<Watched<T> | undefined> {
    for (const path of paths) {
      const watched = await services.watchFile(path, parse);
      if (watched !== undefined) {
        openedPath = path;
        return watched;
      }
    }
    return undefined;
  }

  opened = await open();
  if (opened === undefined) {
    services.logger.warn({ paths }, 'no such file: nobody can be looked up in it until it exists');
  }
  return {
    path: () => openedPath,
    async read() {
      if (opened === undefined) {
        // One attempt for all logins that wait: each attempt that succeeds leaves a watcher behind.
        opening ??= open().finally(() => {
          opening = undefined;
        });
        opened = await opening.catch((error: unknown) => {
          throw isFileFault(error) ? unavailable(paths, error) : error;
        });
      }
      if (opened === undefined) {
        throw unavailable(paths, undefined);
      }
      return opened.current();
    },
  };
}

function isFileFault(error: unknown): boolean {
  return (
    error instanceof GatehouseError && (error.code === 'ERR_CONFIG_INVALID' || error.code === 'ERR_CONFIG_UNREADABLE')
  );
}

function unavailable(paths: readonly string[], cause: unknown): GatehouseError {
  return new GatehouseError('ERR_STORE_UNAVAILABLE', 'the file cannot be read', {
    cause,
    facts: { paths: paths.join(', ') },
  });
}
