/** @module Which tests there are and how they run: `unit` side by side, `flows` (real servers, a real browser) after them, in turn. */
import { defineConfig } from 'vitest/config';

const FLOWS = ['test/flows/**/*.test.ts', 'test/scenarios/**/*.test.ts'];
/** `npm run test:faults`: `vitest.faults.config.ts`. */
const FAULTS = 'test/faults/**/*.test.ts';

export default defineConfig({
  test: {
    // A test that is left out by `.only` is a test that nobody runs.
    allowOnly: false,
    passWithNoTests: false,
    globalSetup: ['test/support/run-folder.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...FLOWS, FAULTS],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'flows',
          include: FLOWS,
          // httpd, Chromium and the server share the machine: one flow at a time, with time for a slow one.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
