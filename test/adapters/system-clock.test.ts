import { describe, expect, it } from 'vitest';
import { createBlockRandom } from '../../src/adapters/system-clock.ts';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the generator that asks for a block', () => {
  it.each([0, 1, 20, 64, 65, 5000])('gives as many bytes as were asked for: %i', (length) => {
    expect(createBlockRandom().bytes(length)).toHaveLength(length);
  });

  it('gives nothing twice, over many blocks', () => {
    const random = createBlockRandom();
    const given = Array.from({ length: 2000 }, () => hexOf(random.bytes(20)));
    expect(new Set(given).size).toBe(2000);
  });

  it('gives bytes of every value, and none that were wiped', () => {
    const random = createBlockRandom();
    const seen = Array.from({ length: 2000 }, () => [...random.bytes(30)]).flat();
    expect(new Set(seen).size).toBe(256);
    // A block that is handed out after it was wiped would be all zeros.
    expect(seen.filter((byte) => byte === 0).length).toBeLessThan(seen.length / 64);
  });

  it('keeps nothing in common with what it has given', () => {
    const random = createBlockRandom();
    const first = random.bytes(16);
    const before = hexOf(first);
    random.bytes(16).fill(0);
    for (let index = 0; index < 300; index += 1) random.bytes(16);
    expect(hexOf(first)).toBe(before);
  });
});
