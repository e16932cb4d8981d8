/**
 * @module Which earlier files of a chain there are, and which are kept no longer: as their seals tell, so that nobody decides it who
 * can only put files into the folder, or change their names or dates.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { AuditFileOptions } from '../../spi/audit.ts';
import { type ChainKey, readChained } from '../../wire/audit/chain.ts';
import { isSystemError } from '../system-error.ts';
import { maxRecordBytes } from './record-queue.ts';
import { rotatedFiles } from './rotation.ts';

const dayMs = 24 * 3600 * 1000;

/** Most records are much shorter; the second holds the longest with what the chain adds, and what a crash can leave beside it. */
const pieceBytes: readonly number[] = [64 * 1024, 2 * maxRecordBytes + 64 * 1024];

/** Opening a FIFO would wait for a writer for ever. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

interface SealedRecord {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at?: number;
}

export interface EarlierFile {
  readonly path: string;
  readonly first: number;
  readonly last: SealedRecord;
}

/**
 * The earlier files of `path` with records from number `from` on, oldest first. What is no file of the chain, or holds records
 * that another one of them has, is passed over: it is for `audit verify` to tell of.
 */
export async function earlierFiles(path: string, from: number, key: ChainKey): Promise<readonly EarlierFile[]> {
  const found: EarlierFile[] = [];
  for (const rotated of await rotatedFiles(path)) {
    const [first, last] = await endsOf(rotated, key);
    if (first !== undefined && last !== undefined) found.push({ path: rotated, first: first.seq, last });
  }
  found.sort((one, other) => one.first - other.first || other.last.seq - one.last.seq);
  let next = from;
  return found.filter(({ first, last }) => {
    const isNew = first >= next && last.seq >= first;
    if (isNew) next = last.seq + 1;
    return isNew;
  });
}

/** The number of the first record of a file; `undefined` where there is no such file, or none of the chain. */
export async function firstNumber(path: string, key: ChainKey): Promise<number | undefined> {
  return (await endsOf(path, key))[0]?.seq;
}

/**
 * Those of the earlier files that are kept no longer, oldest first. Their age counts from their last record. `atMost`: of those that
 * are too many, whatever their age.
 */
export function outdatedFiles(
  files: readonly EarlierFile[],
  { maxFiles = Number.POSITIVE_INFINITY, maxAgeDays = Number.POSITIVE_INFINITY }: AuditFileOptions,
  now: number,
  atMost: number,
): readonly EarlierFile[] {
  const tooMany = Math.min(atMost, Math.max(0, files.length - maxFiles));
  const young = files.findIndex(({ last: { at = now } }) => now - at <= maxAgeDays * dayMs);
  return files.slice(0, Math.max(tooMany, young === -1 ? files.length : young));
}

/** The first and the last record of the chain in a file; none where it is no file. */
async function endsOf(
  path: string,
  key: ChainKey,
): Promise<readonly [first?: SealedRecord | undefined, last?: SealedRecord | undefined]> {
  try {
    await using handle = await open(path, flags);
    const status = await handle.stat();
    if (!status.isFile()) return [];
    const first = await firstOf(handle, status.size, key);
    return first === undefined ? [] : [first, await lastOf(handle, status.size, key)];
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function firstOf(handle: FileHandle, size: number, key: ChainKey): Promise<SealedRecord | undefined> {
  for (const length of pieceBytes) {
    const [first] = recordsIn(await piece(handle, 0, Math.min(size, length)), key);
    if (first !== undefined || length >= size) return first;
  }
  return undefined;
}

async function lastOf(handle: FileHandle, size: number, key: ChainKey): Promise<SealedRecord | undefined> {
  for (const length of pieceBytes) {
    const found = [...recordsIn(await piece(handle, Math.max(0, size - length), Math.min(size, length)), key)];
    if (found.length > 0 || length >= size) return found.at(-1);
  }
  return undefined;
}

async function piece(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function* recordsIn(bytes: Buffer, key: ChainKey): Generator<SealedRecord> {
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed === -1 ? bytes.length : feed;
    const read = readChained(bytes.subarray(start, end), key);
    if (read.status === 'sealed') yield { seq: read.place.seq, ...(read.at === undefined ? {} : { at: read.at }) };
    start = end + 1;
  }
}
