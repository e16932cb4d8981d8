/** @module What every EphemeralStore does: run on memory, and on each other implementation as it is. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EphemeralStore } from '../../src/spi/ephemeral-store.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { texts } from './texts.ts';

export interface EphemeralStoreHarness {
  /** Empty. */
  readonly store: EphemeralStore;
  /** Lets time go by as the store sees it: a fake clock moves, a real store is waited for. */
  advance(ms: number): Promise<void>;
}

const CALLERS = 50;
/** Long enough that a real store on a busy machine is not late by half of it. */
const TTL_MS = 1000;

export function ephemeralStoreConformance(name: string, open: () => Promise<EphemeralStoreHarness>): void {
  describe(`${name} as an EphemeralStore`, () => {
    let harness: EphemeralStoreHarness;
    let store: EphemeralStore;
    beforeEach(async () => {
      harness = await open();
      store = harness.store;
    });
    afterEach(() => store.close());

    const together = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: CALLERS }, work));

    it('gives back what was put', async () => {
      await store.put('nonce:a', 'value', TTL_MS);
      expect(await store.get('nonce:a')).toBe('value');
    });

    it('has nothing under a key that was never put', async () => {
      expect(await store.get('nonce:a')).toBeUndefined();
      expect(await store.take('nonce:a')).toBeUndefined();
    });

    it('replaces what was put before, with its TTL', async () => {
      await store.put('nonce:a', 'old', TTL_MS / 2);
      await store.put('nonce:a', 'new', 4 * TTL_MS);
      await harness.advance(TTL_MS);
      expect(await store.get('nonce:a')).toBe('new');
    });

    it('keeps keys apart', async () => {
      await store.put('nonce:a', 'one', TTL_MS);
      await store.put('nonce:b', 'two', TTL_MS);
      await store.take('nonce:b');
      expect(await store.get('nonce:a')).toBe('one');
    });

    it('forgets what was put when its TTL is over', async () => {
      await store.put('nonce:a', 'value', TTL_MS);
      await harness.advance(1.5 * TTL_MS);
      expect(await store.get('nonce:a')).toBeUndefined();
      expect(await store.take('nonce:a')).toBeUndefined();
    });

    it('does not prolong a TTL by reading', async () => {
      await store.put('nonce:a', 'value', TTL_MS);
      await harness.advance(TTL_MS / 2);
      await store.get('nonce:a');
      await harness.advance(TTL_MS);
      expect(await store.get('nonce:a')).toBeUndefined();
    });

    it.each(texts)('stores %s as a value and as a key', async (_, text) => {
      await store.put(`nonce:${text}`, text, TTL_MS);
      expect(await store.get(`nonce:${text}`)).toBe(text);
      expect(await store.take(`nonce:${text}`)).toBe(text);
    });

    it('gives what is taken to exactly one of many callers', async () => {
      await store.put('nonce:a', 'value', TTL_MS);
      const taken = await together(() => store.take('nonce:a'));
      expect(taken.filter((value) => value === 'value')).toHaveLength(1);
      expect(taken.filter((value) => value === undefined)).toHaveLength(CALLERS - 1);
    });

    it('says once to exactly one of many callers', async () => {
      const first = await together(() => store.once('replay:a', TTL_MS));
      expect(first.filter((answer) => answer)).toHaveLength(1);
    });

    it('says once for each key', async () => {
      expect(await store.once('replay:a', TTL_MS)).toBe(true);
      expect(await store.once('replay:b', TTL_MS)).toBe(true);
    });

    it('says once again when the TTL of the first time is over, which a refused caller does not prolong', async () => {
      await store.once('replay:a', TTL_MS);
      await harness.advance(TTL_MS / 2);
      expect(await store.once('replay:a', TTL_MS)).toBe(false);
      await harness.advance(0.75 * TTL_MS);
      expect(await store.once('replay:a', TTL_MS)).toBe(true);
    });

    it('counts every one of many callers', async () => {
      const counts = await together(() => store.count('failures:a', TTL_MS));
      expect(counts.toSorted((one, other) => one - other)).toEqual(Array.from({ length: CALLERS }, (_, n) => n + 1));
    });

    it('counts from the first count for one TTL, which later counts do not prolong', async () => {
      await store.count('failures:a', TTL_MS);
      await harness.advance(TTL_MS / 2);
      expect(await store.count('failures:a', TTL_MS)).toBe(2);
      await harness.advance(0.75 * TTL_MS);
      expect(await store.count('failures:a', TTL_MS)).toBe(1);
    });

    it('cannot be asked when it is closed', async () => {
      await store.close();
      const asked = await Promise.allSettled([
        store.put('nonce:a', 'value', TTL_MS),
        store.get('nonce:a'),
        store.take('nonce:a'),
        store.once('replay:a', TTL_MS),
        store.count('failures:a', TTL_MS),
      ]);
      for (const answer of asked) {
        expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(GatehouseError) });
        expect(answer).toMatchObject({ reason: { code: 'ERR_STORE_UNAVAILABLE' } });
      }
    });
  });
}
