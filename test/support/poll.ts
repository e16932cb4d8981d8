/** @module Waiting for another process to get somewhere: asked again and again, a bounded number of times. */
import { setTimeout as wait } from 'node:timers/promises';

const intervalMs = 25;
const maxTries = 1_200;

/** The first answer that is not `undefined`. Throws what `explain` says after half a minute without one. */
export async function poll<T>(ask: () => Promise<T | undefined>, explain: () => string): Promise<T> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await wait(intervalMs);
  }
  throw new Error(explain());
}
