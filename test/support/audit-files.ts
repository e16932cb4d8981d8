/** @module Audit files in a folder of a test's own, with their key and checkpoints beside it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuditFiles } from '../../src/adapters/audit/audit-files.ts';
import type { AuditFileOptions } from '../../src/spi/audit.ts';
import type { Clock, Timers } from '../../src/spi/clock.ts';
import { Secret } from '../../src/spi/secret.ts';
import { createFakeClock } from './fake-clock.ts';

export const chainKey = new Secret<Uint8Array>(new Uint8Array(32).fill(7));
export const fileOptions: AuditFileOptions = { durability: 'never', syncMs: 1000, rotateEvery: 'none' };

export const silentLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** `folder` gets a `log` and a `data/audit`, as a home has them. */
export function auditFilesIn(folder: string, time: Clock & { readonly timers: Timers } = createFakeClock()) {
  const logFolder = join(folder, 'log');
  const checkpointFolder = join(folder, 'data', 'audit');
  const parts = { clock: time, timers: time.timers, logger: silentLogger };
  return {
    logFolder,
    checkpointFolder,
    path: join(logFolder, 'audit.jsonl'),
    files: createAuditFiles({ logFolder, checkpointFolder, key: chainKey, ...parts }),
    chain: { logFolder, checkpointFolder, key: chainKey, pause: async () => undefined },
    async lines(name = 'audit.jsonl'): Promise<readonly string[]> {
      return (await readFile(join(logFolder, name), 'utf8')).split('\n').slice(0, -1);
    },
  };
}

/** What the provider gave, without what the chain added. */
export function unchained(line: string): string {
  const end = line.lastIndexOf(',"chain":');
  return `${line.slice(0, end)}}`;
}

export const numbered = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ n: from + index }));
