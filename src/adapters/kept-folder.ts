/** @module A folder of ours that may not grow: files that are too old go, and of too many the oldest. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GatehouseError } from '../spi/errors.ts';
import { isSystemError } from './system-error.ts';

export interface KeptFolderLimits {
  readonly maxFiles: number;
  /** By when a file was last written. */
  readonly maxAgeMs: number;
}

const folderMode = 0o700;

/**
 * Makes the folder where there is none, and removes what is too much in it; folders in it are left alone.
 * @param now milliseconds since the epoch
 * @returns how many files were removed
 * @throws ERR_CONFIG_UNREADABLE
 */
export async function trimFolder(
  folder: string,
  { maxFiles, maxAgeMs }: KeptFolderLimits,
  now: number,
): Promise<number> {
  try {
    await mkdir(folder, { recursive: true, mode: folderMode });
    const entries = await readdir(folder, { withFileTypes: true });
    const files: { readonly path: string; readonly writtenAt: number }[] = [];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(folder, entry.name);
      const writtenAt = await writtenAtOf(path);
      if (writtenAt !== undefined) files.push({ path, writtenAt });
    }
    const newestFirst = files.toSorted((one, other) => other.writtenAt - one.writtenAt);
    const tooMuch = newestFirst.filter(({ writtenAt }, index) => index >= maxFiles || now - writtenAt > maxAgeMs);
    for (const { path } of tooMuch) await rm(path, { force: true });
    return tooMuch.length;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'a folder cannot be tidied', {
      cause: error,
      facts: { file: folder, problem: error.code },
    });
  }
}

/** `undefined` for one that has gone meanwhile: a temporary file that got its name, or another node's work. */
async function writtenAtOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
