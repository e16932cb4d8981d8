/** @module Text files that are parsed now and again on each change, for login modules and realms. */
import { type FSWatcher, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { WatchBytes, WatchFile } from '../spi/watched-file.ts';
import { decodeText, readBounded } from './bounded-file.ts';
import { coalesced } from './coalesced.ts';
import { isSystemError } from './system-error.ts';

/** A file of 100,000 users with Argon2 hashes has about 12 MB. */
export const maxWatchedFileBytes = 16 * 1024 * 1024;

/** How often a file is looked at when the system reports no change, as on network file systems. */
const pollMs = 2000;

/** After a reported change: a file that is being written in place is empty first and then half there. */
const settleMs = 100;

export interface WatchedFiles {
  readonly watchFile: WatchFile;
  readonly watchBytes: WatchBytes;
  /** Calls back whenever any file was taken over anew, in the same step in which its new contents begin to count. */
  follow(changed: () => void): void;
  /** Looks at every file now. Resolves when each change has been taken over or refused. */
  check(): Promise<void>;
  close(): Promise<void>;
}

interface WatchedFile {
  check(): Promise<void>;
}

/**
 * `folder` is what relative paths start from. The folder of each file is watched, because an editor puts a new file in the
 * place of the old one; in addition every file is looked at now and then. With `automatic: false` only `check` looks.
 */
export function createWatchedFiles(options: {
  readonly folder: string;
  readonly logger: Logger;
  readonly automatic?: boolean;
}): WatchedFiles {
  const { folder, logger, automatic = true } = options;
  const files: WatchedFile[] = [];
  const watchers = new Map<string, FSWatcher>();
  const followers: (() => void)[] = [];
  let closed = false;
  let settling: NodeJS.Timeout | undefined;

  const check = coalesced(async () => {
    for (const file of closed ? [] : files) {
      await file.check();
    }
  });

  /** Nobody waits for these: a bug in a parser would end the process, or vanish. */
  function checkInBackground(): void {
    check().catch((error: unknown) => logger.error({ err: error }, 'a changed file could not be taken over'));
  }

  function checkSoon(): void {
    settling ??= setTimeout(() => {
      settling = undefined;
      checkInBackground();
    }, settleMs).unref();
  }

  function watchFolder(path: string): void {
    if (!automatic || watchers.has(path)) {
      return;
    }
    try {
      const watcher = watch(path, { persistent: false }, checkSoon);
      watchers.set(path, watcher);
      watcher.on('error', (error) => {
        watcher.close();
        watchers.delete(path);
        cannotWatch(path, error);
      });
    } catch (error) {
      cannotWatch(path, error);
    }
  }

  /** No watches left in the system (ENOSPC, EMFILE), or the folder went away: the look by time goes on. */
  function cannotWatch(path: string, error: unknown): void {
    if (!isSystemError(error)) {
      throw error;
    }
    logger.warn(
      { path, reason: error.code },
      'this folder cannot be watched: changes in it are seen some seconds late',
    );
  }

  const timer = automatic ? setInterval(checkInBackground, pollMs).unref() : undefined;

  const watched: Pick<WatchedFiles, 'watchFile' | 'watchBytes'> = {
    watchFile: (path, parse) => watched.watchBytes(path, (bytes) => parse(textOf(bytes, path))),
    async watchBytes<T>(path: string, parse: (bytes: Uint8Array) => T) {
      const absolute = resolve(folder, path);
      const first = await readBounded(absolute, maxWatchedFileBytes);
      if (first.status === 'refused') {
        const facts = { path: absolute, problem: first.problem };
        throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'the file cannot be read', { cause: first.cause, facts });
      }
      if (first.status !== 'read') {
        return undefined;
      }
      let value = parse(first.bytes);
      let signature = first.signature;
      let complaint: string | undefined;

      /** Once for each new reason, not at every look. */
      function complain(reason: string): void {
        if (reason !== complaint) {
          logger.warn({ path, reason }, 'the file cannot be used: its earlier contents stay in force');
        }
        complaint = reason;
      }

      files.push({
        async check() {
          const read = await readBounded(absolute, maxWatchedFileBytes, signature);
          switch (read.status) {
            case 'unchanged':
              return;
            case 'missing':
              return complain('it is gone');
            case 'refused':
              return complain(read.problem);
            case 'read':
              signature = read.signature;
              try {
                value = parse(read.bytes);
              } catch (error) {
                if (!(error instanceof GatehouseError && error.code === 'ERR_CONFIG_INVALID')) {
                  throw error;
                }
                return complain(describe(error));
              }
              complaint = undefined;
              for (const changed of followers) changed();
              return logger.info({ path }, 'the file has changed and was read again');
            default:
              return read satisfies never;
          }
        },
      });
      watchFolder(dirname(absolute));
      return { current: () => value };
    },
  };

  return {
    ...watched,
    follow: (changed) => void followers.push(changed),
    check,
    async close() {
      closed = true;
      clearInterval(timer);
      clearTimeout(settling);
      for (const watcher of watchers.values()) {
        watcher.close();
      }
      watchers.clear();
      await check();
    },
  };
}

/** @throws ERR_CONFIG_INVALID when it is not UTF-8. A byte order mark is no part of the text. */
function textOf(bytes: Uint8Array, path: string): string {
  const text = decodeText(bytes);
  if (text === undefined) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'the file is not UTF-8 text', { facts: { path } });
  }
  return text.replace(/^\ufeff/, '');
}

function describe(error: GatehouseError): string {
  const facts = Object.entries(error.facts).map(([name, value]) => `${name} ${value}`);
  return [error.message, ...facts].join(', ');
}
