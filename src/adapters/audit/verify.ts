/** @module Reads the files of a chain from the disk, in their order, and has them walked. */
import { createReadStream } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GatehouseError } from '../../spi/errors.ts';
import { type ChainKey, type Checkpoint, readCheckpoint } from '../../wire/audit/chain.ts';
import { type ChainSummary, createChainWalk } from '../../wire/audit/chain-walk.ts';
import { isSystemError } from '../system-error.ts';
import { checkpointName, checkpointOwner } from './audit-files.ts';
import { firstNumber } from './earlier-files.ts';
import { maxRecordBytes } from './record-queue.ts';
import { rotatedFiles, rotatedOwner } from './rotation.ts';

export interface VerifiedChain extends ChainSummary {
  /** Relative to the log folder, or as it was given. */
  readonly name: string;
  readonly files: readonly string[];
  /** False: nothing tells whether records are missing at the end. */
  readonly hasCheckpoint: boolean;
}

/** What no record reaches: a file without line feeds is not read into memory whole. */
const maxLineBytes = 2 * maxRecordBytes + 64 * 1024;
/** A server may be writing: then the checkpoint moves, and the files are looked at again. */
const maxLooks = 5;
const betweenLooksMs = 100;

const aMoment = () => wait(betweenLooksMs);

export interface ChainPlaces {
  readonly logFolder: string;
  readonly checkpointFolder: string;
  readonly key: ChainKey;
  /** Between two looks. */
  readonly pause?: () => Promise<unknown>;
}

/** The chains that have a checkpoint, and those that have lost it, sorted. @throws ERR_STORE_UNAVAILABLE */
export async function chainNames({ logFolder, checkpointFolder, key }: ChainPlaces): Promise<readonly string[]> {
  const checkpoints = await namesIn(checkpointFolder, false);
  const names = new Set(checkpoints.flatMap((name) => checkpointOwner(name) ?? []));
  for (const file of await namesIn(logFolder, true)) {
    const owner = rotatedOwner(file);
    const path = join(logFolder, file);
    if (!names.has(owner) && (await orUnavailable(path, () => firstNumber(path, key))) !== undefined) names.add(owner);
  }
  return [...names].sort();
}

/** None where there is no folder. */
function namesIn(folder: string, recursive: boolean): Promise<readonly string[]> {
  return orUnavailable(folder, async () => {
    try {
      return await readdir(folder, { recursive });
    } catch (error) {
      if (isSystemError(error) && error.code === 'ENOENT') return [];
      throw error;
    }
  });
}

/** @throws ERR_STORE_UNAVAILABLE when a file cannot be read. */
export async function verifyChain(
  name: string,
  { logFolder, checkpointFolder, key, pause = aMoment }: ChainPlaces,
): Promise<VerifiedChain> {
  const checkpointPath = join(checkpointFolder, checkpointName(name));
  const path = join(logFolder, name);
  let before: string | undefined;
  const staysQuiet = async () => {
    await pause();
    return (await textOf(checkpointPath)) === before;
  };
  for (let look = 1; ; look += 1) {
    before = await textOf(checkpointPath);
    const checkpoint = readCheckpoint(before ?? '', key);
    const files = await inOrder([...(await rotatedFiles(path)), path], key);
    const summary = await walk(files, (file) => relative(logFolder, file), key, checkpoint);
    if (summary.findings.length === 0 || look >= maxLooks || (await staysQuiet())) {
      const shown = files.map((file) => relative(logFolder, file));
      return {
        name,
        files: shown,
        hasCheckpoint: checkpoint !== undefined,
        ...withoutCheckpoint(summary, name, checkpoint),
      };
    }
  }
}

/** Files alone, without what is known of their chain. @throws ERR_STORE_UNAVAILABLE */
export async function verifyFiles(files: readonly string[], key: ChainKey): Promise<VerifiedChain> {
  for (const file of files) await orUnavailable(file, () => access(file));
  const ordered = await inOrder(files, key);
  const summary = await walk(ordered, (file) => file, key, undefined);
  return { name: files.join(', '), files: ordered, hasCheckpoint: false, ...summary };
}

function withoutCheckpoint(summary: ChainSummary, name: string, checkpoint: Checkpoint | undefined): ChainSummary {
  if (checkpoint !== undefined) return summary;
  const problem = 'has no checkpoint that fits: whether records are missing at its end cannot be told';
  return { ...summary, findings: [...summary.findings, { file: name, line: 0, problem }] };
}

/** By the numbers of their records: a clock may have been set back. Files without any come last. */
async function inOrder(files: readonly string[], key: ChainKey): Promise<readonly string[]> {
  const numbered = await Promise.all(
    files.map(async (file) => ({ file, first: await orUnavailable(file, () => firstNumber(file, key)) })),
  );
  const place = (first: number | undefined) => first ?? Number.POSITIVE_INFINITY;
  return numbered.toSorted((a, b) => (place(a.first) < place(b.first) ? -1 : 1)).map(({ file }) => file);
}

async function walk(
  files: readonly string[],
  nameOf: (file: string) => string,
  key: ChainKey,
  checkpoint: Checkpoint | undefined,
): Promise<ChainSummary> {
  const chain = createChainWalk({ key, ...(checkpoint === undefined ? {} : { checkpoint }) });
  for (const file of files) {
    await orUnavailable(file, () => eachLine(file, (line, whole) => chain.line(nameOf(file), line, whole)));
  }
  return chain.end();
}

/** A missing file has no lines: that they are missing is for the walk to say. */
async function eachLine(file: string, take: (line: Buffer, whole: boolean) => void): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file)) {
      const bytes = Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
        take(bytes.subarray(start, end), true);
        start = end + 1;
      }
      rest = bytes.subarray(start);
      if (rest.length > maxLineBytes) {
        take(rest, false);
        rest = Buffer.alloc(0);
      }
    }
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return;
    throw error;
  }
  if (rest.length > 0) take(rest, false);
}

async function textOf(path: string): Promise<string | undefined> {
  return orUnavailable(path, async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (isSystemError(error) && error.code === 'ENOENT') return undefined;
      throw error;
    }
  });
}

/** @throws ERR_STORE_UNAVAILABLE */
async function orUnavailable<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the audit files cannot be read', {
      cause,
      facts: { path, reason: cause.code },
    });
  }
}
