/** @module What every store of one-time codes does, whatever it keeps them in. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OneTimeCodeStore } from '../../src/spi/one-time-codes.ts';

export interface OneTimeCodeStoreHarness {
  /** An empty store. */
  open(): Promise<OneTimeCodeStore>;
  close(): Promise<void>;
}

const signal = new AbortController().signal;
const names = ['alice', 'Größe', 'CN=alice, O="Example, Inc."', 'a=b:c#d', "o'brien", 'back\\slash', ' spaced '];

export function oneTimeCodeStoreConformance(name: string, harness: OneTimeCodeStoreHarness): void {
  describe(`${name} as a OneTimeCodeStore`, () => {
    let store: OneTimeCodeStore;
    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(() => harness.close());
    const find = (user: string) => store.find(user, signal, true);

    it('keeps nothing of anybody at first', async () => {
      expect(await store.find('alice', signal)).toBeUndefined();
      expect(await store.users(signal)).toEqual([]);
    });

    it.each(names)('keeps a record of %j under the name as it is', async (user) => {
      expect(await store.change(user, undefined, '1.a-b_c', signal)).toBe(true);
      expect(await find(user)).toEqual({ user, sealed: '1.a-b_c' });
      expect(await store.users(signal)).toEqual([user]);
    });

    it('keeps a second record of nobody', async () => {
      await store.change('alice', undefined, '1.first', signal);
      expect(await store.change('alice', undefined, '1.second', signal)).toBe(false);
      expect(await find('alice')).toEqual({ user: 'alice', sealed: '1.first' });
    });

    it('replaces and removes what is still as it was, and nothing else', async () => {
      await store.change('alice', undefined, '1.a', signal);
      await store.change('bob', undefined, '1.a', signal);
      expect(await store.change('alice', '1.b', '1.c', signal)).toBe(false);
      expect(await store.change('alice', '1.b', undefined, signal)).toBe(false);
      expect(await store.change('alice', '1.a', '1.c', signal)).toBe(true);
      expect(await find('alice')).toEqual({ user: 'alice', sealed: '1.c' });
      expect(await store.change('alice', '1.c', undefined, signal)).toBe(true);
      expect(await find('alice')).toBeUndefined();
      expect(await find('bob')).toEqual({ user: 'bob', sealed: '1.a' });
      expect(await store.users(signal)).toEqual(['bob']);
    });

    it('changes nothing of a person of whom nothing is kept', async () => {
      expect(await store.change('alice', '1.a', '1.b', signal)).toBe(false);
      expect(await store.change('alice', '1.a', undefined, signal)).toBe(false);
      expect(await find('alice')).toBeUndefined();
    });

    it.each([
      ['first records', undefined],
      ['replacements', '1.before'],
    ] as const)('lets exactly one of many %s at once be it', async (_, from) => {
      if (from !== undefined) await store.change('alice', undefined, from, signal);
      const wanted = Array.from({ length: 8 }, (_each, n) => `1.number-${n}`);
      const changed = await Promise.all(wanted.map((to) => store.change('alice', from, to, signal)));
      expect(changed.filter(Boolean)).toHaveLength(1);
      expect((await find('alice'))?.sealed).toBe(wanted[changed.indexOf(true)]);
    });
  });
}
