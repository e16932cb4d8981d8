/** @module The closing line of `npm test`, counted from vitest's JSON report. */
import { z } from 'zod';

/** The part of the report that is counted (jest's format, as vitest's JSON reporter writes it). */
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why the run is not good, beyond failed tests; empty otherwise. */
  readonly reasons: readonly string[];
}

/**
 * Counts a run. `report` is `undefined` when vitest wrote none. A file that failed without one failed test (it did not
 * load, or a hook of its own failed) counts as one failed; so does an error that belongs to no test.
 */
export function summarize(report: unknown, exitCode: number): Summary {
  const parsed = reportSchema.safeParse(report ?? { testResults: [] });
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0, reasons: ['the report of vitest could not be read'] };
  const files = parsed.data.testResults;
  const results = files.flatMap((file) => file.assertionResults.map((one) => one.status));
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  );
  const passed = results.filter((status) => status === 'passed').length;
  const failed = results.filter((status) => status === 'failed').length + broken.length;
  const skipped = results.length - passed - (failed - broken.length);
  const reasons = broken.map((file) => `${file.name} could not run`);
  if (passed + failed === 0) return { passed, failed, skipped, reasons: ['no test was run'] };
  if (exitCode !== 0 && failed === 0) {
    return { passed, failed: 1, skipped, reasons: [`vitest ended with ${exitCode}: an error outside the tests`] };
  }
  return { passed, failed, skipped, reasons };
}

/** The exit status: 0 only for a run in which something passed and nothing failed. */
export function exitStatus(summary: Summary, exitCode: number): number {
  return exitCode === 0 && summary.failed === 0 && summary.reasons.length === 0 ? 0 : 1;
}

/** `N passed, N failed, N skipped`. */
export function closingLine(summary: Summary): string {
  return `${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped`;
}
