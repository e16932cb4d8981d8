/** @module One run at a time, and never one too few. */
import { expect, it } from 'vitest';
import { coalesced } from '../../src/adapters/coalesced.ts';

/** Work whose runs a test ends one by one. */
function heldWork() {
  const running: { end(): void; fail(error: Error): void }[] = [];
  let runs = 0;
  const ask = coalesced(() => {
    runs += 1;
    return new Promise<void>((resolve, reject) => running.push({ end: resolve, fail: reject }));
  });
  return { ask, running, runs: () => runs };
}

it('runs once for one who asks', async () => {
  const { ask, running, runs } = heldWork();
  const asked = ask();
  running[0]!.end();
  await asked;
  expect(runs()).toBe(1);
});

it('runs once more for all who ask during a run, and lets them wait for it', async () => {
  const { ask, running, runs } = heldWork();
  const first = ask();
  let heard = false;
  const later = Promise.all([ask(), ask()]).then(() => {
    heard = true;
  });
  expect(runs()).toBe(1);
  running[0]!.end();
  await new Promise(setImmediate);
  expect([runs(), heard]).toEqual([2, false]);
  running[1]!.end();
  await Promise.all([first, later]);
  expect(runs()).toBe(2);
});

it('hands on a failure, and runs again for the next one who asks', async () => {
  const { ask, running, runs } = heldWork();
  const first = ask();
  running[0]!.fail(new Error('bad'));
  await expect(first).rejects.toThrow('bad');
  const second = ask();
  running[1]!.end();
  await second;
  expect(runs()).toBe(2);
});
