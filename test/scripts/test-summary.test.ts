/** @module The closing line of `npm test` counts what was run, and never calls a broken run good. */
import { describe, expect, test } from 'vitest';
import { closingLine, exitStatus, summarize } from '../../scripts/test-summary.ts';

function file(status: string, ...tests: readonly string[]) {
  return { name: 'a.test.ts', status, assertionResults: tests.map((one) => ({ status: one })) };
}

describe('a run', () => {
  test.each([
    ['of passed tests is good', [file('passed', 'passed', 'passed')], 0, '2 passed, 0 failed, 0 skipped', 0],
    [
      'counts skipped and unwritten tests',
      [file('passed', 'passed', 'skipped', 'todo')],
      0,
      '1 passed, 0 failed, 2 skipped',
      0,
    ],
    ['with a failed test is not good', [file('failed', 'passed', 'failed')], 1, '1 passed, 1 failed, 0 skipped', 1],
    [
      'counts a file that did not load as failed',
      [file('passed', 'passed'), file('failed')],
      1,
      '1 passed, 1 failed, 0 skipped',
      1,
    ],
    ['counts a failed hook as failed', [file('failed', 'passed', 'passed')], 1, '2 passed, 1 failed, 0 skipped', 1],
    ['with an error outside the tests is not good', [file('passed', 'passed')], 1, '1 passed, 1 failed, 0 skipped', 1],
    ['without tests is not good', [], 0, '0 passed, 0 failed, 0 skipped', 1],
    ['of skipped tests alone is not good', [file('passed', 'skipped')], 0, '0 passed, 0 failed, 1 skipped', 1],
  ])('%s', (_name, testResults, exitCode, line, status) => {
    const summary = summarize({ testResults }, exitCode);
    expect([closingLine(summary), exitStatus(summary, exitCode)]).toEqual([line, status]);
  });

  test('whose report is something else is not good', () => {
    expect(exitStatus(summarize({ tests: 3 }, 0), 0)).toBe(1);
  });

  test('that ended without a report is not good', () => {
    expect(exitStatus(summarize(undefined, 1), 1)).toBe(1);
  });
});
