/** @module `npm run test:faults`: tests that take many minutes, apart from `npm test` and from what has to hold for every change. */
import { defineConfig } from 'vitest/config';

/** Two hundred thousand logins against a directory, on a machine that does something else as well. */
const patienceMs = 60 * 60_000;

export default defineConfig({
  test: {
    allowOnly: false,
    passWithNoTests: false,
    globalSetup: ['test/support/run-folder.ts'],
    name: 'faults',
    include: ['test/faults/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: patienceMs,
    hookTimeout: 120_000,
  },
});
