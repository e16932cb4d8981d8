/** @module Random bytes that are the same in every run and different in every call. */
import { createHash } from 'node:crypto';
import type { Random } from '../../src/spi/clock.ts';

export function createFakeRandom(seed = 'seed'): Random {
  let calls = 0;
  return {
    bytes(length) {
      calls += 1;
      const bytes = createHash('shake256', { outputLength: length }).update(`${seed}:${calls}`).digest();
      return new Uint8Array(bytes);
    },
  };
}
