/** @module Reads one file up to a limit: regular files only, text in UTF-8 only, and why not in words. */
import { isUtf8 } from 'node:buffer';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isSystemError } from './system-error.ts';

export type BoundedReading =
  /** The file is the one that `known` was the signature of. */
  | { readonly status: 'unchanged' }
  | { readonly status: 'missing'; readonly problem: string }
  | { readonly status: 'refused'; readonly problem: string; readonly cause?: unknown }
  | { readonly status: 'read'; readonly bytes: Buffer; readonly signature: string };

export type BoundedText = { readonly text: string } | { readonly problem: string };

/** Without O_NONBLOCK, opening a FIFO would wait for a writer for ever. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links go in circles',
};

function failure(cause: unknown): Exclude<BoundedReading, { status: 'unchanged' | 'read' }> {
  if (!isSystemError(cause)) {
    throw cause;
  }
  const problem = words[cause.code] ?? `it cannot be read (${cause.code})`;
  const isMissing = cause.code === 'ENOENT' || cause.code === 'ENOTDIR';
  return isMissing ? { status: 'missing', problem } : { status: 'refused', problem, cause };
}

function refusal(status: BigIntStats, maxBytes: number): string | undefined {
  if (!status.isFile()) {
    return 'it is not a regular file';
  }
  return status.size > maxBytes ? tooLarge(maxBytes) : undefined;
}

const tooLarge = (maxBytes: number) => `it has more than ${maxBytes} bytes`;

/**
 * `known` is the signature of an earlier reading. The file is opened before it is looked at, so that signature and bytes
 * are of one file; a write in between shows at the next look.
 */
export async function readBounded(path: string, maxBytes: number, known?: string): Promise<BoundedReading> {
  try {
    await using file = await open(path, flags);
    const status = await file.stat({ bigint: true });
    const signature = [status.dev, status.ino, status.size, status.mtimeNs, status.ctimeNs].join(' ');
    if (signature === known) {
      return { status: 'unchanged' };
    }
    const problem = refusal(status, maxBytes);
    if (problem !== undefined) {
      return { status: 'refused', problem };
    }
    const bytes = await readAll(file, bufferFor(status, maxBytes));
    return bytes.length > maxBytes
      ? { status: 'refused', problem: tooLarge(maxBytes) }
      : { status: 'read', bytes, signature };
  } catch (error) {
    return failure(error);
  }
}

/** One byte more than there is, so that a file that grows beyond the limit while it is read is noticed. */
function bufferFor(status: BigIntStats, maxBytes: number): Buffer {
  return Buffer.alloc(Math.min(maxBytes, Number(status.size)) + 1);
}

async function readAll(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  let length = 0;
  for (let more = 1; more > 0 && length < buffer.length; length += more) {
    more = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
  }
  return buffer.subarray(0, length);
}

/** `undefined` when it is not UTF-8: read as such, a Latin-1 file would change the names in it. */
export function decodeText(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : undefined;
}

export async function readBoundedText(path: string, maxBytes: number): Promise<BoundedText> {
  const reading = await readBounded(path, maxBytes);
  return reading.status === 'read' ? textOf(reading.bytes) : { problem: problemOf(reading) };
}

/** The same while nothing else runs: for the few files that are read during a start. */
export function readBoundedTextSync(path: string, maxBytes: number): BoundedText {
  const result = readBoundedBytesSync(path, maxBytes);
  return 'problem' in result ? result : textOf(result.bytes);
}

export function readBoundedBytesSync(
  path: string,
  maxBytes: number,
): { readonly bytes: Buffer } | { readonly problem: string } {
  try {
    const file = openSync(path, flags);
    try {
      const status = fstatSync(file, { bigint: true });
      const problem = refusal(status, maxBytes);
      if (problem !== undefined) {
        return { problem };
      }
      const buffer = bufferFor(status, maxBytes);
      let length = 0;
      for (let more = 1; more > 0 && length < buffer.length; length += more) {
        more = readSync(file, buffer, length, buffer.length - length, null);
      }
      return length > maxBytes ? { problem: tooLarge(maxBytes) } : { bytes: buffer.subarray(0, length) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { problem: failure(error).problem };
  }
}

function textOf(bytes: Buffer): BoundedText {
  const text = decodeText(bytes);
  return text === undefined ? { problem: 'it is not UTF-8' } : { text };
}

/** Without a known signature no reading says `unchanged`. */
function problemOf(reading: Exclude<BoundedReading, { status: 'read' }>): string {
  return reading.status === 'unchanged' ? 'it has not changed' : reading.problem;
}
