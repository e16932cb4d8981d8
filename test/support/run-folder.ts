/** @module A folder for what the test files of one run share, such as a server's data that takes long to make. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseLeaks, refuseStrangeRecords } from './secrets.ts';

const variable = 'GATEHOUSE_TEST_RUN';

/** vitest's global set-up; it is called once a project. */
export default function setUp(): (() => void) | undefined {
  if (process.env[variable] !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-run-'));
  process.env[variable] = folder;
  return () => {
    try {
      refuseLeaks(folder);
      refuseStrangeRecords(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

export function runFolder(): string {
  const folder = process.env[variable];
  if (folder === undefined)
    throw new Error('there is no folder of this run: is the global set-up in vitest.config.ts?');
  return folder;
}
