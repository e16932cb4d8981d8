/** @module Files with a secret in them: read only when nobody else can read them, written whole and readable by their owner only. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from './system-error.ts';

export type PrivateReading =
  | { readonly status: 'read'; readonly text: string }
  | { readonly status: 'missing' }
  | { readonly status: 'refused'; readonly problem: string };

export const privateMode = 0o600;

const words: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links go in circles',
};

/** Looks at the file that was opened, not at the path: between two looks at a path another file can be put there. */
export async function readPrivateFile(path: string, maxBytes: number): Promise<PrivateReading> {
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for a writer for ever.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    const problem = !status.isFile()
      ? 'it is not a regular file'
      : (status.mode & 0o077) !== 0
        ? `others may read or change it (mode ${(status.mode & 0o777).toString(8).padStart(4, '0')}); chmod 600 "${path}" closes it`
        : status.size > maxBytes
          ? `it has more than ${maxBytes} bytes`
          : undefined;
    return problem === undefined
      ? { status: 'read', text: await readUpTo(file, maxBytes) }
      : { status: 'refused', problem };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return { status: 'missing' };
    return { status: 'refused', problem: words[error.code] ?? `it cannot be read (${error.code})` };
  }
}

async function readUpTo(file: FileHandle, maxBytes: number): Promise<string> {
  const buffer = Buffer.alloc(maxBytes);
  const { bytesRead } = await file.read(buffer, 0, maxBytes, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

/**
 * Makes or replaces the file in one step, and returns when the disk has it. Where a symbolic link stands, the file behind
 * it is replaced. @throws a system error.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return path;
    throw error;
  });
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    {
      await using file = await open(temporary, 'wx', privateMode);
      await file.writeFile(text);
      await file.sync();
    }
    await rename(temporary, target);
    // The new name is on the disk only when its folder is.
    await using folder = await open(dirname(target), 'r');
    await folder.sync();
  } finally {
    await rm(temporary, { force: true });
  }
}
