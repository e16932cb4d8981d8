import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/engine/decision-id.ts';
import { createFakeRandom } from '../support/fake-random.ts';

const random = createFakeRandom();
const at = (ms: number) => ({ now: () => ms, timer: () => ms });

describe('a decision id', () => {
  it('is the ULID of its time and its random bytes', () => {
    const ones = { bytes: (length: number) => new Uint8Array(length).fill(0xff) };
    // The time of the example in the ULID specification.
    expect(newId(at(1469918176385), ones)).toBe('01ARYZ6S41ZZZZZZZZZZZZZZZZ');
  });

  it('spells out its random bytes five bits a character', () => {
    const bytes = { bytes: () => new Uint8Array([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]) };
    expect(newId(at(0), bytes)).toBe('0000000000' + '0123456789ABCDEF');
  });

  it('has 26 characters of Crockford base32 at any time until the year 10889', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (ms) => {
        expect(newId(at(ms), random)).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      }),
      { numRuns: 200 },
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 47 }), fc.integer({ min: 1, max: 2 ** 46 }), (ms, later) => {
        expect(newId(at(ms), random) < newId(at(ms + later), random)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('does not come twice in one millisecond', () => {
    const ids = Array.from({ length: 1000 }, () => newId(at(1), random));
    expect(new Set(ids).size).toBe(1000);
  });

  it('takes a clock that counts parts of milliseconds', () => {
    expect(newId(at(1469918176385.75), random).slice(0, 10)).toBe('01ARYZ6S41');
  });
});
