/** @module The audit files of a log folder: each opened once, however many security domains write into it. */

import { mkdir } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { AuditFileOptions, AuditSink } from '../../spi/audit.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { isBelow } from '../path-below.ts';
import { type ChainedFileOptions, openChainedFile } from './chained-file.ts';

export interface AuditFilesOptions extends Pick<ChainedFileOptions, 'key' | 'clock' | 'timers' | 'logger'> {
  /** Where audit files are. */
  readonly logFolder: string;
  /** Where their checkpoints are. */
  readonly checkpointFolder: string;
}

export interface AuditFiles {
  /**
   * A path that is opened twice is one file, closed when the last of its users closes it: two domains that audit into the same
   * one share its chain, its order and its writes. @throws ERR_CONFIG_INVALID outside the folder, or with other options the second time
   */
  open(path: string, options: AuditFileOptions): Promise<AuditSink>;
}

interface Shared {
  readonly sink: Promise<AuditSink>;
  readonly options: string;
  users: number;
}

export function createAuditFiles({ logFolder, checkpointFolder, ...parts }: AuditFilesOptions): AuditFiles {
  const shared = new Map<string, Shared>();

  async function openNew(path: string, options: AuditFileOptions): Promise<AuditSink> {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    const checkpointPath = join(checkpointFolder, checkpointName(relative(logFolder, path)));
    return openChainedFile({ ...parts, ...options, path, checkpointPath });
  }

  return {
    async open(path, options) {
      const absolute = inFolder(logFolder, path);
      const written = JSON.stringify(options);
      const entry = shared.get(absolute) ?? { sink: openNew(absolute, options), options: written, users: 0 };
      if (entry.options !== written) {
        throw new GatehouseError('ERR_CONFIG_INVALID', 'an audit file is named twice with different options', {
          facts: { path },
        });
      }
      entry.users += 1;
      shared.set(absolute, entry);
      const sink = await entry.sink.catch((error: unknown) => {
        shared.delete(absolute);
        throw error;
      });
      let closed = false;
      return {
        append: (text, signal) => (closed ? Promise.reject(closedAlready(path)) : sink.append(text, signal)),
        async close() {
          if (closed) return;
          closed = true;
          entry.users -= 1;
          if (entry.users > 0) return;
          shared.delete(absolute);
          await sink.close();
        },
      };
    },
  };
}

/** One name for each path below the log folder. */
export function checkpointName(path: string): string {
  return `${encodeURIComponent(path)}.checkpoint`;
}

/** The path below the log folder; `undefined` for the name of another file. */
export function checkpointOwner(name: string): string | undefined {
  return name.endsWith('.checkpoint') ? decodeURIComponent(name.slice(0, -'.checkpoint'.length)) : undefined;
}

function inFolder(folder: string, path: string): string {
  const absolute = resolve(folder, path);
  if (isAbsolute(path) || !isBelow(folder, absolute)) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'an audit file lies in the log folder', { facts: { path } });
  }
  return absolute;
}

function closedAlready(path: string): GatehouseError {
  return new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'the audit file is closed', { facts: { path } });
}
