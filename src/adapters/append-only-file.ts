/** @module Files that only grow: lines in order, many waiting ones in one write. */
import { type FileHandle, open } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { AppendOnlyFile, AuditServices } from '../spi/audit.ts';
import { GatehouseError } from '../spi/errors.ts';
import { isBelow } from './path-below.ts';
import { isSystemError } from './system-error.ts';

/** The longest line: a decision of the longest stack with the longest names has a tenth of it. */
export const maxLineBytes = 1024 * 1024;

/** Lines that may wait. When the disk hangs, the next login is refused instead of filling the memory. */
export const maxWaitingLines = 10_000;

/** Bytes of one write, so that one batch does not keep the first line waiting for the last. */
const maxBatchBytes = 4 * 1024 * 1024;

interface Waiting {
  readonly line: string;
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: GatehouseError) => void;
}

/**
 * Opens or makes the file (mode 0600). An append resolves when the operating system has the line, with `durable` when the disk has it.
 * A failed append may have left a part of its lines; the next one begins on a line of its own.
 * @throws ERR_AUDIT_UNAVAILABLE when it cannot be opened.
 */
export async function openAppendOnlyFile(
  path: string,
  { durable = false }: { readonly durable?: boolean } = {},
): Promise<AppendOnlyFile> {
  const handle = await attempt(path, () => open(path, 'a+', 0o600));
  let torn = await attempt(path, () => endsInsideLine(handle));
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  async function writeBatch(batch: readonly Waiting[]): Promise<void> {
    const text = batch.map(({ line }) => `${line}\n`).join('');
    const start = torn ? '\n' : '';
    torn = true;
    await attempt(path, () => handle.appendFile(start + text));
    torn = false;
    if (durable) {
      await attempt(path, () => handle.datasync());
    }
  }

  async function writeWaiting(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, batchLength(waiting));
        waiting = waiting.slice(batch.length);
        const fault = await faultOf(writeBatch(batch));
        for (const { done, failed } of batch) {
          fault === undefined ? done() : failed(fault);
        }
      }
    } finally {
      // In the same step as the last look at the queue: a line that comes after it starts a new run.
      writing = undefined;
    }
  }

  return {
    append(line) {
      const bytes = Buffer.byteLength(line);
      const refusal = refusalOf(line, bytes, waiting.length, closing !== undefined);
      if (refusal !== undefined) {
        return Promise.reject(unavailable(path, refusal));
      }
      const { promise, resolve: done, reject: failed } = Promise.withResolvers<void>();
      waiting.push({ line, bytes, done, failed });
      writing ??= writeWaiting();
      return promise;
    },
    close() {
      closing ??= (async () => {
        await writing;
        await handle.close();
      })();
      return closing;
    },
  };
}

/**
 * Append-only files below `folder`. A path that is opened twice is one file, closed when the last of its users closes it:
 * two domains that audit into the same one share its order and its batches. (Durable and not durable are two openings.)
 */
export function appendOnlyFiles(folder: string): AuditServices {
  const shared = new Map<string, { readonly file: Promise<AppendOnlyFile>; users: number }>();

  return {
    async appendOnly(path, options = {}) {
      const absolute = inLogFolder(folder, path);
      const key = `${absolute}${options.durable === true ? ' durable' : ''}`;
      const entry = shared.get(key) ?? { file: openAppendOnlyFile(absolute, options), users: 0 };
      entry.users += 1;
      shared.set(key, entry);
      const file = await entry.file.catch((error: unknown) => {
        shared.delete(key);
        throw error;
      });
      let closed = false;
      return {
        append: (line) => (closed ? Promise.reject(unavailable(absolute, 'closed')) : file.append(line)),
        async close() {
          if (closed) {
            return;
          }
          closed = true;
          entry.users -= 1;
          if (entry.users === 0) {
            shared.delete(key);
            await file.close();
          }
        },
      };
    },
  };
}

/** @throws ERR_CONFIG_INVALID */
function inLogFolder(folder: string, path: string): string {
  const absolute = resolve(folder, path);
  if (isAbsolute(path) || !isBelow(folder, absolute)) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'an audit file lies in the log folder', { facts: { path } });
  }
  return absolute;
}

function refusalOf(line: string, bytes: number, waiting: number, closed: boolean): string | undefined {
  if (closed) {
    return 'closed';
  }
  if (waiting >= maxWaitingLines) {
    return 'too many lines wait';
  }
  if (bytes > maxLineBytes) {
    return 'the line is too long';
  }
  return /[\r\n]/.test(line) ? 'the line has a line break' : undefined;
}

function batchLength(waiting: readonly Waiting[]): number {
  let bytes = 0;
  const end = waiting.findIndex((entry) => {
    bytes += entry.bytes;
    return bytes > maxBatchBytes;
  });
  return end < 0 ? waiting.length : Math.max(1, end);
}

/** A process that died while writing leaves half a line; the next record must not become its other half. */
async function endsInsideLine(handle: FileHandle): Promise<boolean> {
  const status = await handle.stat();
  if (!status.isFile() || status.size === 0) {
    return false;
  }
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, status.size - 1);
  return buffer[0] !== 0x0a;
}

async function faultOf(work: Promise<void>): Promise<GatehouseError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof GatehouseError) {
      return error;
    }
    throw error;
  }
}

/** @throws ERR_AUDIT_UNAVAILABLE for every fault of the system. */
async function attempt<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw isSystemError(cause) ? unavailable(path, cause.code, cause) : cause;
  }
}

function unavailable(path: string, reason: string, cause?: unknown): GatehouseError {
  return new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'the audit file cannot be written', {
    cause,
    facts: { path, reason },
  });
}
