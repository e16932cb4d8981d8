/** @module A bounded map whose entries expire by the clock. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createExpiringMap, type ExpiringMap } from '../../src/adapters/expiring-map.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';

let clock: FakeClock;
let map: ExpiringMap<string>;
const inMs = (ms: number) => clock.now() + ms;

beforeEach(() => {
  clock = createFakeClock();
  map = createExpiringMap<string>({ clock, maxEntries: 2 });
});

describe('an expiring map', () => {
  it('gives back what was stored, and when it expires', () => {
    map.set('a', 'x', inMs(10));
    expect([map.get('a'), map.expiryOf('a')]).toEqual(['x', inMs(10)]);
    expect([map.get('b'), map.expiryOf('b')]).toEqual([undefined, undefined]);
  });

  it('has an entry until the millisecond before its end', () => {
    map.set('a', 'x', inMs(10));
    clock.advance(9);
    expect(map.get('a')).toBe('x');
    clock.advance(1);
    expect([map.get('a'), map.expiryOf('a')]).toEqual([undefined, undefined]);
  });

  it('replaces an entry and its end', () => {
    map.set('a', 'x', inMs(10));
    map.set('a', 'y', inMs(5000));
    clock.advance(3000);
    map.set('b', 'z', inMs(10));
    expect(map.get('a')).toBe('y');
  });

  it('forgets what is deleted', () => {
    map.set('a', 'x', inMs(10));
    map.delete('a');
    map.delete('never there');
    expect(map.get('a')).toBeUndefined();
  });
});

describe('a full map', () => {
  beforeEach(() => {
    map.set('a', 'x', inMs(500));
    map.set('b', 'y', inMs(5000));
  });

  it('refuses a new entry and keeps the live ones', () => {
    expect(() => map.set('c', 'z', inMs(10))).toThrow(expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' }));
    expect([map.get('a'), map.get('b')]).toEqual(['x', 'y']);
  });

  it('replaces an entry all the same', () => {
    map.set('a', 'z', inMs(10));
    expect(map.get('a')).toBe('z');
  });

  it('has room again when an entry is deleted', () => {
    map.delete('a');
    map.set('c', 'z', inMs(10));
    expect(map.get('c')).toBe('z');
  });

  it('has room again in the second after an entry has expired', () => {
    clock.advance(1000);
    map.set('c', 'z', inMs(10));
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, 'y', 'z']);
  });
});

describe('a map with a weight', () => {
  const weighed = () =>
    createExpiringMap<string>({
      clock,
      maxEntries: 100,
      maxWeight: 10,
      weigh: (key, value) => key.length + value.length,
    });

  it('takes what fits and refuses what does not', () => {
    const heavy = weighed();
    heavy.set('a', 'x'.repeat(9), inMs(10));
    expect(() => heavy.set('b', '', inMs(10))).toThrow(expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' }));
  });

  it('counts a replaced and a deleted entry no more', () => {
    const heavy = weighed();
    heavy.set('a', 'x'.repeat(9), inMs(10));
    heavy.set('a', 'x'.repeat(4), inMs(10));
    heavy.set('b', 'x'.repeat(4), inMs(10));
    heavy.delete('a');
    heavy.set('c', 'x'.repeat(4), inMs(10));
    expect([heavy.get('a'), heavy.get('b'), heavy.get('c')]).toEqual([undefined, 'xxxx', 'xxxx']);
  });
});

describe('a closed map', () => {
  it('can be neither read nor written', () => {
    map.set('a', 'x', inMs(10));
    map.close();
    const refused = expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(() => map.get('a')).toThrow(refused);
    expect(() => map.expiryOf('a')).toThrow(refused);
    expect(() => map.set('a', 'x', inMs(10))).toThrow(refused);
  });
});
