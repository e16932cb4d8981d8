/** @module Changes files of the configuration folder, one change after another, each whole or not at all. */
import { lstat } from 'node:fs/promises';
import type { ChangeFile } from '../spi/change-file.ts';
import { GatehouseError } from '../spi/errors.ts';
import { decodeText, readBounded } from './bounded-file.ts';
import type { HomeFolder } from './home-folder.ts';
import { isSystemError } from './system-error.ts';
import { maxWatchedFileBytes, type WatchedFiles } from './watched-files.ts';

/** A file that changes this often while it is being changed is left alone. */
const maxAttempts = 3;

export function createFileChanger(home: HomeFolder): ChangeFile {
  /** The last change that waits for each file. */
  const queues = new Map<string, Promise<unknown>>();

  async function attempt(path: string, change: (text: string) => string | undefined): Promise<boolean | 'again'> {
    const mode = await modeOfRegularFile(path);
    const read = await readBounded(path, maxWatchedFileBytes);
    if (read.status === 'unchanged') throw new TypeError('a first reading has nothing to be equal to');
    if (read.status !== 'read') throw unusable(path, read.problem);
    const before = decodeText(read.bytes);
    if (before === undefined) throw unusable(path, 'it is not UTF-8 text');
    const text = change(before);
    if (text === undefined) return false;
    // Whoever else writes here (an editor, add-user) is seen up to the last moment before the renaming.
    if ((await readBounded(path, maxWatchedFileBytes, read.signature)).status !== 'unchanged') return 'again';
    await home.writeText(path, text, mode);
    return true;
  }

  async function changeNow(path: string, change: (text: string) => string | undefined): Promise<boolean> {
    for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
      const changed = await attempt(path, change);
      if (changed !== 'again') return changed;
    }
    throw unusable(path, 'it keeps changing');
  }

  return (path, change) => {
    const absolute = home.inConfiguration(path);
    const before = queues.get(absolute) ?? Promise.resolve();
    // A change that failed has been reported to whom it belonged; the next one is not its concern.
    const own = before.then(
      () => changeNow(absolute, change),
      () => changeNow(absolute, change),
    );
    queues.set(absolute, own);
    return own.finally(() => {
      if (queues.get(absolute) === own) queues.delete(absolute);
    });
  };
}

/**
 * A change counts when it is answered: without this a reader on this node goes by the former text until the watcher has seen the
 * new one, and whoever has just given up his authenticator is asked for its code.
 */
export function seenAtOnce(changeFile: ChangeFile, files: Pick<WatchedFiles, 'check'>): ChangeFile {
  return async (path, change) => {
    const changed = await changeFile(path, change);
    if (changed) await files.check();
    return changed;
  };
}

/** A symbolic link would be replaced by a file: what is mounted or linked in is somebody else's to change. */
async function modeOfRegularFile(path: string): Promise<number> {
  try {
    const status = await lstat(path);
    if (status.isFile()) return status.mode & 0o777;
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw unusable(path, cause.code, cause);
  }
  throw unusable(path, 'not a regular file');
}

function unusable(file: string, problem: string, cause?: unknown): GatehouseError {
  return new GatehouseError('ERR_CONFIG_UNREADABLE', 'a file cannot be changed', { cause, facts: { file, problem } });
}
