/** @module One audit file that is written to: lines chained and in order, on the disk when that was promised, a new file in time. */
import type { Stats } from 'node:fs';
import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AuditFileOptions, AuditSink } from '../../spi/audit.ts';
import type { Clock, Timers } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Logger } from '../../spi/logger.ts';
import { type ChainKey, type ChainLink, chainRecord, lastingKey } from '../../wire/audit/chain.ts';
import { isSystemError } from '../system-error.ts';
import { type ChainState, findChainState } from './chain-state.ts';
import { openCheckpoint } from './checkpoint-file.ts';
import { createDiskSync } from './disk-sync.ts';
import { earlierFiles, firstNumber, outdatedFiles } from './earlier-files.ts';
import { createRecordQueue } from './record-queue.ts';
import { isPeriodOver, nextRotatedPath, unchainedPath } from './rotation.ts';

export interface ChainedFileOptions extends AuditFileOptions {
  readonly path: string;
  readonly checkpointPath: string;
  readonly key: ChainKey;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
  size: number;
  writtenAt: number;
}

/**
 * Opens or makes the file (mode 0600) and finds the end of its chain. What could not be written is taken back. A file
 * with lines of no chain, such as an earlier version wrote, is set aside under a name of its own.
 * @throws ERR_AUDIT_UNAVAILABLE when it cannot be opened.
 */
export async function openChainedFile(options: ChainedFileOptions): Promise<AuditSink> {
  const { path, clock, timers, logger } = options;
  const key = lastingKey(options.key);
  const facts = { path };
  await using opened = new AsyncDisposableStack();
  const checkpoint = await attempt(path, () => openCheckpoint(options.checkpointPath, key));
  opened.defer(() => checkpoint.close());
  const disk = createDiskSync(options, timers, logger);
  let file = await attempt(path, openFile);
  opened.defer(() => file.handle.close());
  let state = await attempt(path, findState);
  let first = checkpoint.found?.first ?? (await attempt(path, findFirst));
  async function openFile(): Promise<OpenFile> {
    const handle = await open(path, 'a+', 0o600);
    const { ino, size, mtimeMs } = await handle.stat();
    return { handle, inode: ino, size, writtenAt: size === 0 ? clock.now() : mtimeMs };
  }

  async function findState(): Promise<ChainState> {
    const found = await findChainState(path, file.handle, checkpoint.found, key);
    if (found !== 'foreign') return found;
    const aside = await moveAway(unchainedPath(path));
    logger.warn({ path, aside }, 'an audit file without a chain was set aside; a new one begins');
    return { last: { seq: 0, hash: '' }, remark: {}, insideLine: false };
  }

  async function findFirst(): Promise<number> {
    const [oldest] = await earlierFiles(path, 1, key);
    return oldest?.first ?? (await firstNumber(path, key)) ?? state.last.seq + 1;
  }

  /** Renames the file and begins a new one. */
  async function moveAway(as: string): Promise<string> {
    const target = await nextRotatedPath(as, clock.now());
    const former = file;
    await rename(path, target);
    file = await openFile();
    await disk.finish(former.handle);
    await former.handle.close();
    return target;
  }

  async function rotate(): Promise<void> {
    const aside = await moveAway(path);
    state = { ...state, insideLine: false };
    await disk.finishFolder(dirname(path));
    logger.info({ path, aside }, 'a new audit file begins');
    await prune(1);
  }

  /**
   * First the checkpoint, so that no file goes that it says is there. What cannot be removed stays, and is told. With each new file
   * one becomes too many: whoever cuts files of the chain into pieces is not helped to lose more.
   */
  async function prune(atMost: number): Promise<void> {
    if (options.maxFiles === undefined && options.maxAgeDays === undefined) return;
    const earlier = await earlierFiles(path, first, key);
    const outdated = outdatedFiles(earlier, options, clock.now(), atMost);
    if (outdated.length === 0) return;
    first = earlier[outdated.length]?.first ?? (await firstNumber(path, key)) ?? state.last.seq + 1;
    await checkpoint.write({ first, last: state.last });
    for (const { path: file } of outdated) {
      await unlink(file).catch((error: unknown) => {
        if (!isSystemError(error)) throw error;
        logger.warn({ file, reason: error.code }, 'an outdated audit file cannot be removed');
      });
    }
  }

  /** Somebody may have moved, removed or emptied the file: what is written to one without a name is lost. */
  async function stayInPlace(): Promise<void> {
    const found = await statusOf(path);
    if (found?.ino === file.inode && found.size === file.size) return;
    logger.warn({ path }, 'the audit file was changed, moved or removed by somebody else');
    const former = file;
    file = await openFile();
    await former.handle.close();
    const now = await findChainState(path, file.handle, { first, last: state.last }, key);
    state = { ...state, insideLine: now !== 'foreign' && now.insideLine };
  }

  function isNewFileDue(bytes: number): boolean {
    if (file.size === 0) return false;
    const { rotateBytes = Number.POSITIVE_INFINITY, rotateEvery } = options;
    return file.size + bytes > rotateBytes || isPeriodOver(rotateEvery, file.writtenAt, clock.now());
  }

  /** All of them or none. */
  async function writeLines(lines: readonly string[], last: ChainLink): Promise<void> {
    const wasInside = state.insideLine;
    const text = Buffer.from(`${state.insideLine ? '\n' : ''}${lines.map((line) => `${line}\n`).join('')}`);
    try {
      await file.handle.appendFile(text);
      await disk.written(file.handle);
      await checkpoint.write({ first, last });
    } catch (error) {
      state = { ...state, insideLine: true };
      await file.handle.truncate(file.size);
      state = { ...state, insideLine: wasInside };
      throw error;
    }
    file.size += text.length;
    file.writtenAt = clock.now();
    state = { last, remark: {}, insideLine: false };
  }

  async function send(texts: readonly string[]): Promise<void> {
    await disk.check(file.handle);
    await stayInPlace();
    let [lines, last, remark, bytes] = [[] as string[], state.last, state.remark, 0];
    for (const text of texts) {
      const chained = chainRecord(text, last, key, remark);
      const length = Buffer.byteLength(chained.line) + 1;
      if (isNewFileDue(bytes + length)) {
        if (lines.length > 0) await writeLines(lines, last);
        await rotate();
        [lines, bytes] = [[], 0];
      }
      lines.push(chained.line);
      [last, remark, bytes] = [chained.link, {}, bytes + length];
    }
    await writeLines(lines, last);
  }

  await attempt(path, () => prune(Number.POSITIVE_INFINITY));
  opened.move();
  return createRecordQueue({
    send: (texts) => attempt(path, () => send(texts)),
    timers,
    facts,
    async close() {
      await disk.close(file.handle);
      await file.handle.close();
      await checkpoint.close();
    },
  });
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws ERR_AUDIT_UNAVAILABLE for every fault of the system. */
async function attempt<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'the audit file cannot be written', {
      cause,
      facts: { path, reason: cause.code },
    });
  }
}
