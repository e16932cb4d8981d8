/** @module Reads a text file, but only when it is another than at the last look. */
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { GatehouseError } from '../spi/errors.ts';

/** A file of 100,000 users with Argon2 hashes has about 12 MB. */
export const maxWatchedFileBytes = 16 * 1024 * 1024;

export type Reading =
  | { readonly status: 'unchanged' }
  | { readonly status: 'missing' }
  | { readonly status: 'refused'; readonly error: GatehouseError }
  | { readonly status: 'read'; readonly signature: string; readonly bytes: Buffer };

/** `known`: the signature of the earlier reading. Opened before it is looked at, so that signature and bytes are of one file; a write in between shows at the next look. */
export async function readIfChanged(path: string, known: string | undefined): Promise<Reading> {
  let handle: FileHandle | undefined;
  try {
    // Non-blocking: opening a named pipe would wait for a writer for ever.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { isFile, signature, size } = await statusOf(handle);
    if (signature === known) {
      return { status: 'unchanged' };
    }
    if (!isFile || size > maxWatchedFileBytes) {
      return { status: 'refused', error: unreadable(path, isFile ? 'too large' : 'not a file') };
    }
    const buffer = Buffer.alloc(Math.min(maxWatchedFileBytes, size + 1));
    return { status: 'read', signature, bytes: await readAll(handle, buffer) };
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return { status: 'missing' };
    }
    if (code === undefined) {
      throw cause;
    }
    return { status: 'refused', error: unreadable(path, code, cause) };
  } finally {
    await handle?.close();
  }
}

async function readAll(handle: FileHandle, buffer: Buffer): Promise<Buffer> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

async function statusOf(
  handle: FileHandle,
): Promise<{ readonly isFile: boolean; readonly signature: string; readonly size: number }> {
  const status = await handle.stat({ bigint: true });
  const signature = [status.dev, status.ino, status.size, status.mtimeNs, status.ctimeNs].join(' ');
  return { isFile: status.isFile(), signature, size: Number(status.size) };
}

/** @throws ERR_CONFIG_INVALID when it is not UTF-8: read as such, a Latin-1 file would change the names in it. */
export function decodeText(bytes: Buffer, path: string): string {
  if (!isUtf8(bytes)) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'the file is not UTF-8 text', { facts: { path } });
  }
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

/** The code of a fault of the operating system, such as EACCES; `undefined` for every other error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
    ? error.code
    : undefined;
}

function unreadable(path: string, reason: string, cause?: unknown): GatehouseError {
  return new GatehouseError('ERR_CONFIG_UNREADABLE', 'the file cannot be read', { cause, facts: { path, reason } });
}
