/** @module Folders of a test's own, gone when it is done. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepWritten } from './secrets.ts';

export interface TempFolder extends AsyncDisposable {
  readonly path: string;
  remove(): Promise<void>;
}

/** @param open true when a server that runs as another user has to read it. */
export async function makeTempFolder(purpose: string, { open = false } = {}): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), `gatehouse-${purpose}-`));
  if (open) await chmod(path, 0o755);
  const remove = async () => {
    keepWritten(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  };
  return { path, remove, [Symbol.asyncDispose]: remove };
}
