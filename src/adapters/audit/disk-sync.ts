/** @module When what was written to an audit file is on the disk: after each write, now and then, or when the system likes. */
import { type FileHandle, open } from 'node:fs/promises';
import type { AuditFileOptions } from '../../spi/audit.ts';
import type { Timers } from '../../spi/clock.ts';
import type { Logger } from '../../spi/logger.ts';
import { isSystemError } from '../system-error.ts';

export interface DiskSync {
  /** Something was written. @throws the system's error when it is not on the disk and should be. */
  written(handle: FileHandle): Promise<void>;
  /** Before a write: a failure in the background is tried again, and is then the failure of this write. */
  check(handle: FileHandle): Promise<void>;
  /** A file that is not written to any more. */
  finish(handle: FileHandle): Promise<void>;
  /** A name in a folder has changed. */
  finishFolder(folder: string): Promise<void>;
  close(handle: FileHandle): Promise<void>;
}

export function createDiskSync(
  { durability, syncMs }: Pick<AuditFileOptions, 'durability' | 'syncMs'>,
  timers: Timers,
  logger: Logger,
): DiskSync {
  let cancel: (() => void) | undefined;
  let failed = false;

  /** The file may have been closed since: then it was finished. */
  async function inBackground(handle: FileHandle): Promise<void> {
    cancel = undefined;
    try {
      await handle.datasync();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'EBADF') return;
      failed = true;
      logger.error({ reason: error.code }, 'the disk does not take the audit file');
    }
  }

  async function finish(handle: FileHandle): Promise<void> {
    cancel?.();
    cancel = undefined;
    if (durability !== 'never') await handle.datasync();
    failed = false;
  }

  return {
    async written(handle) {
      if (durability === 'every-record') await handle.datasync();
      if (durability === 'interval') cancel ??= timers.start(() => void inBackground(handle), syncMs);
    },
    async check(handle) {
      if (failed) await finish(handle);
    },
    finish,
    async finishFolder(folder) {
      if (durability === 'never') return;
      await using handle = await open(folder, 'r');
      await handle.sync();
    },
    close: finish,
  };
}
