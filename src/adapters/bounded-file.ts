/** @module Reads one text file up to a limit: regular files only, UTF-8 only, and why not in words. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

export type BoundedText = { readonly text: string } | { readonly problem: string };

/** System errors carry a code such as ENOENT; whatever has none is a bug and goes on. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code);
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links go in circles',
};

function failure(error: unknown): BoundedText {
  if (!isSystemError(error)) {
    throw error;
  }
  return { problem: words[error.code] ?? `it cannot be read (${error.code})` };
}

/** Without O_NONBLOCK, opening a FIFO would wait for a writer for ever. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

function refusal(isFile: boolean, size: number, maxBytes: number): BoundedText | undefined {
  if (!isFile) {
    return { problem: 'it is not a regular file' };
  }
  return size > maxBytes ? { problem: `it has more than ${maxBytes} bytes` } : undefined;
}

function decode(bytes: Buffer, maxBytes: number): BoundedText {
  const tooLarge = refusal(true, bytes.length, maxBytes);
  if (tooLarge !== undefined) {
    return tooLarge;
  }
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { text } : { problem: 'it is not UTF-8' };
}

/** One byte more than allowed is asked for, so that a file that grows while it is read is noticed. */
export async function readBoundedText(path: string, maxBytes: number): Promise<BoundedText> {
  try {
    await using file = await open(path, flags);
    const stat = await file.stat();
    const refused = refusal(stat.isFile(), stat.size, maxBytes);
    if (refused !== undefined) {
      return refused;
    }
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let more = 1; more > 0 && length < buffer.length; length += more) {
      more = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
    }
    return decode(buffer.subarray(0, length), maxBytes);
  } catch (error) {
    return failure(error);
  }
}

/** The same while nothing else runs: for the few files that are read during a start. */
export function readBoundedTextSync(path: string, maxBytes: number): BoundedText {
  try {
    const file = openSync(path, flags);
    try {
      const stat = fstatSync(file);
      const refused = refusal(stat.isFile(), stat.size, maxBytes);
      if (refused !== undefined) {
        return refused;
      }
      const buffer = Buffer.alloc(maxBytes + 1);
      let length = 0;
      for (let more = 1; more > 0 && length < buffer.length; length += more) {
        more = readSync(file, buffer, length, buffer.length - length, null);
      }
      return decode(buffer.subarray(0, length), maxBytes);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return failure(error);
  }
}
