/** @module The home folder: made at the first start, files read within limits, written whole or not at all, never outside. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { GatehouseError } from '../spi/errors.ts';
import { readBounded, readBoundedText, readBoundedTextSync } from './bounded-file.ts';
import { isBelow } from './path-below.ts';
import { isSystemError } from './system-error.ts';

/** Texts in the home are configuration, keys and certificates. What may be larger is read with a limit of its own. */
export const maxTextBytes = 16 * 1024 * 1024;
/** Passwords and tokens. */
export const maxSecretBytes = 64 * 1024;

/** Only the user who runs the server looks in. */
const folderMode = 0o700;
const folders: readonly string[] = [
  'configuration',
  'configuration/history',
  'data',
  'data/keys',
  'data/metadata',
  'log',
];

export interface HomeFolder {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** The absolute path of one relative to the home. An absolute path stays as it is; so it does below. */
  resolve(path: string): string;
  /** The absolute path of one as it is written in `gatehouse.yaml`: `data/…` below the home, any other below the configuration folder. */
  inConfiguration(path: string): string;
  exists(path: string): Promise<boolean>;
  /** @throws ERR_CONFIG_UNREADABLE with `file` and `problem`. */
  readText(path: string): Promise<string>;
  /** `undefined` when there is no such file. @throws as `readText` does */
  readBytes(path: string, maxBytes: number): Promise<Buffer | undefined>;
  /** For `${file:…}`, written as for `inConfiguration`: at once, and with the problem in words. */
  readSecretFile(path: string): { readonly text: string } | { readonly problem: string };
  /** Replaces the file in one step: a reader sees the old or the new contents. @throws ERR_CONFIG_UNREADABLE also outside the home. */
  writeText(path: string, text: string | Uint8Array, mode?: number): Promise<void>;
  /** Makes the file in one step; false when there is one already, which then stays. @throws as `writeText` does. */
  createText(path: string, text: string, mode?: number): Promise<boolean>;
  /** Those of the files that every user of the machine may read or change. Missing ones are passed over. */
  exposed(paths: readonly string[]): Promise<readonly string[]>;
}

function unusable(message: string, file: string, problem: string, cause?: unknown): GatehouseError {
  return new GatehouseError('ERR_CONFIG_UNREADABLE', message, { facts: { file, problem }, cause });
}

async function orUnusable<T>(action: () => Promise<T>, message: string, file: string): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isSystemError(error)) {
      throw error;
    }
    throw unusable(message, file, error.code, error);
  }
}

/** Opens the folder, and makes it (mode 0700) with everything in it that is missing. @throws ERR_CONFIG_UNREADABLE */
export async function openHome(path: string): Promise<HomeFolder> {
  const wanted = resolve(path);
  await orUnusable(
    async () => {
      for (const folder of ['.', ...folders]) {
        await mkdir(join(wanted, folder), { recursive: true, mode: folderMode });
      }
    },
    'the home folder cannot be made',
    wanted,
  );
  return createHomeFolder(await orUnusable(() => realpath(wanted), 'the home folder cannot be opened', wanted));
}

/** Opens a folder that is there, and makes nothing in it. @throws ERR_CONFIG_UNREADABLE when there is none */
export async function openExistingHome(path: string): Promise<HomeFolder> {
  return createHomeFolder(await orUnusable(() => realpath(path), 'there is no home folder here', resolve(path)));
}

function createHomeFolder(home: string): HomeFolder {
  const absolute = (path: string) => resolve(home, path);
  const inConfiguration = (path: string) =>
    resolve(home, path === 'data' || path.startsWith('data/') ? '' : 'configuration', path);

  /** The way through symbolic links counts, not the spelling. */
  async function writable(path: string): Promise<string> {
    const file = absolute(path);
    const folder = await orUnusable(() => realpath(dirname(file)), 'a file cannot be written', file);
    const target = join(folder, basename(file));
    if (!isBelow(home, target)) {
      throw unusable('a file outside the home folder is not written', target, 'outside the home folder');
    }
    return target;
  }

  /** `place` moves the finished temporary file to its name. */
  async function writeWhole<T>(
    path: string,
    contents: string | Uint8Array,
    mode: number,
    place: (temporary: string, target: string) => Promise<T>,
  ): Promise<T> {
    const target = await writable(path);
    const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
    return orUnusable(
      async () => {
        try {
          {
            await using file = await open(temporary, 'wx', mode);
            await file.chmod(mode);
            await file.writeFile(contents);
            await file.sync();
          }
          const result = await place(temporary, target);
          // The new name is on the disk only when its folder is.
          await using folder = await open(dirname(target), 'r');
          await folder.sync();
          return result;
        } finally {
          await rm(temporary, { force: true });
        }
      },
      'a file cannot be written',
      target,
    );
  }

  /** Permission bits; `undefined` when there is no such file or nobody may look. */
  async function modeOf(path: string): Promise<number | undefined> {
    try {
      return (await stat(absolute(path))).mode;
    } catch (error) {
      if (isSystemError(error)) {
        return undefined;
      }
      throw error;
    }
  }

  return {
    path: home,
    resolve: absolute,
    inConfiguration,
    exists: async (path) => (await modeOf(path)) !== undefined,
    async readText(path) {
      const result = await readBoundedText(absolute(path), maxTextBytes);
      if ('problem' in result) {
        throw unusable('a file cannot be read', absolute(path), result.problem);
      }
      return result.text;
    },
    async readBytes(path, maxBytes) {
      const reading = await readBounded(absolute(path), maxBytes);
      if (reading.status === 'read') return reading.bytes;
      if (reading.status === 'refused') throw unusable('a file cannot be read', absolute(path), reading.problem);
      return undefined;
    },
    readSecretFile: (path) => readBoundedTextSync(inConfiguration(path), maxSecretBytes),
    writeText: (path, text, mode = 0o600) => writeWhole(path, text, mode, rename),
    createText: (path, text, mode = 0o600) => writeWhole(path, text, mode, linkIfAbsent),
    async exposed(paths) {
      const modes = await Promise.all(paths.map(modeOf));
      return paths.filter((_, index) => ((modes[index] ?? 0) & 0o007) !== 0).map(absolute);
    },
  };
}

/** A hard link, unlike a rename, never replaces. */
async function linkIfAbsent(temporary: string, target: string): Promise<boolean> {
  try {
    await link(temporary, target);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}
