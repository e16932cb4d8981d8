/** @module Where the chain of an audit file stands, found out when the file is opened: by its last lines and by its checkpoint. */
import { type FileHandle, open } from 'node:fs/promises';
import { type ChainKey, type ChainLink, type Checkpoint, fingerprint, readChained } from '../../wire/audit/chain.ts';
import { maxRecordBytes } from './record-queue.ts';
import { rotatedFiles } from './rotation.ts';

/** Holds the longest record with what the chain adds, and what a crash can leave behind it. */
const tailBytes = 2 * maxRecordBytes + 64 * 1024;

export interface ChainState {
  readonly last: ChainLink;
  /** Of the record that comes next. */
  readonly remark: { readonly torn?: string; readonly unchecked?: true };
  /** The file ends inside a line. */
  readonly insideLine: boolean;
}

interface Tail {
  readonly link?: ChainLink;
  /** What is behind the last line feed. */
  readonly fragment: Buffer;
}

/**
 * The chain goes on from whichever knows more, the file or the checkpoint: what is missing in the file then shows as a gap.
 * `foreign`: the file has lines, and neither tells of a chain under this key.
 */
export async function findChainState(
  path: string,
  handle: FileHandle,
  checkpoint: Checkpoint | undefined,
  key: ChainKey,
): Promise<ChainState | 'foreign'> {
  const { size } = await handle.stat();
  const tail = await readTail(handle, size, key);
  const known = later(
    later(tail.link, checkpoint?.last),
    tail.link === undefined ? await earlier(path, key) : undefined,
  );
  if (known === undefined && size > 0) return 'foreign';
  const torn = tail.fragment.length > 0 && !isSealed(tail.fragment, key);
  return {
    last: known ?? { seq: 0, hash: '' },
    remark: {
      ...(torn ? { torn: fingerprint(tail.fragment) } : {}),
      ...(checkpoint === undefined && known !== undefined ? { unchecked: true } : {}),
    },
    insideLine: tail.fragment.length > 0,
  };
}

function isSealed(line: Buffer, key: ChainKey): boolean {
  return readChained(line, key).status === 'sealed';
}

function later(one: ChainLink | undefined, other: ChainLink | undefined): ChainLink | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.seq > one.seq ? other : one;
}

/** A crash between the renaming of a file and the first record of the next one leaves the end of the chain in the former. */
async function earlier(path: string, key: ChainKey): Promise<ChainLink | undefined> {
  const newest = (await rotatedFiles(path)).at(-1);
  if (newest === undefined) return undefined;
  await using handle = await open(newest, 'r');
  return (await readTail(handle, (await handle.stat()).size, key)).link;
}

/** The last sealed line, looked for backwards past lines that are none. */
async function readTail(handle: FileHandle, size: number, key: ChainKey): Promise<Tail> {
  const length = Math.min(size, tailBytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const bytes = buffer.subarray(0, bytesRead);
  const lastFeed = bytes.lastIndexOf(0x0a);
  const fragment = bytes.subarray(lastFeed + 1);
  const own = linkOf(fragment, key);
  if (own !== undefined) return { link: own, fragment };
  let end = lastFeed;
  while (end > 0) {
    const start = bytes.lastIndexOf(0x0a, end - 1) + 1;
    const link = linkOf(bytes.subarray(start, end), key);
    if (link !== undefined) return { link, fragment };
    end = start - 1;
  }
  return { fragment };
}

function linkOf(line: Buffer, key: ChainKey): ChainLink | undefined {
  const read = readChained(line, key);
  return read.status === 'sealed' ? { seq: read.place.seq, hash: read.hash } : undefined;
}
