/** @module The checkpoint of a chain on the disk: one small file, written over itself after each write to the log. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  buildCheckpoint,
  type ChainKey,
  type Checkpoint,
  checkpointBytes,
  readCheckpoint,
} from '../../wire/audit/chain.ts';
import { isSystemError } from '../system-error.ts';

export interface CheckpointFile {
  /** As it was found; `undefined` when there was none, or none under this key. */
  readonly found: Checkpoint | undefined;
  write(checkpoint: Checkpoint): Promise<void>;
  close(): Promise<void>;
}

/** Beside the log folder, so that who can only write there cannot put an older one in its place. */
export async function openCheckpoint(path: string, key: ChainKey): Promise<CheckpointFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await openOrMake(path);
  const buffer = Buffer.alloc(checkpointBytes);
  const { bytesRead } = await handle.read(buffer, 0, checkpointBytes, 0);
  return {
    found: readCheckpoint(buffer.subarray(0, bytesRead).toString('utf8'), key),
    async write(checkpoint) {
      await handle.write(Buffer.from(buildCheckpoint(checkpoint, key)), 0, checkpointBytes, 0);
    },
    close: () => handle.close(),
  };
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
    return open(path, 'wx+', 0o600);
  }
}
