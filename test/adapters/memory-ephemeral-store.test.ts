import { describe, expect, it } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { ephemeralStoreConformance } from '../conformance/ephemeral-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';

ephemeralStoreConformance('memory', async () => {
  const clock = createFakeClock();
  return { store: createMemoryEphemeralStore({ clock }), advance: async (ms) => clock.advance(ms) };
});

describe('the memory EphemeralStore', () => {
  function openWithRoomFor(maxEntries: number) {
    const clock = createFakeClock();
    return { clock, store: createMemoryEphemeralStore({ clock, maxEntries }) };
  }

  it('refuses a new key when it is full, and keeps what lives', async () => {
    const { store } = openWithRoomFor(2);
    await store.once('replay:a', 1000);
    await store.once('replay:b', 1000);
    await expect(store.once('replay:c', 1000)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(await store.once('replay:a', 1000)).toBe(false);
    expect(await store.once('replay:b', 1000)).toBe(false);
  });

  it('still replaces and counts under its keys when it is full', async () => {
    const { store } = openWithRoomFor(2);
    await store.put('nonce:a', 'old', 1000);
    await store.count('failures:a', 1000);
    await store.put('nonce:a', 'new', 1000);
    expect(await store.get('nonce:a')).toBe('new');
    expect(await store.count('failures:a', 1000)).toBe(2);
  });

  it('has room again when something was taken', async () => {
    const { store } = openWithRoomFor(1);
    await store.put('nonce:a', 'value', 1000);
    await store.take('nonce:a');
    expect(await store.once('replay:a', 1000)).toBe(true);
  });

  it('has room again a second after something expired that nobody asked for', async () => {
    const { clock, store } = openWithRoomFor(1);
    await store.put('nonce:a', 'value', 500);
    clock.advance(1500);
    expect(await store.once('replay:a', 1000)).toBe(true);
  });

  it('forgets at the very millisecond at which the TTL is over', async () => {
    const { clock, store } = openWithRoomFor(1);
    await store.put('nonce:a', 'value', 500);
    clock.advance(499);
    expect(await store.get('nonce:a')).toBe('value');
    clock.advance(1);
    expect(await store.get('nonce:a')).toBeUndefined();
  });

  it.each([0, -1, 0.5, Number.NaN])('takes a TTL of %d for the bug that it is', async (ttlMs) => {
    const { store } = openWithRoomFor(1);
    await expect(store.put('nonce:a', 'value', ttlMs)).rejects.toThrow(RangeError);
  });
});

describe('its weight', () => {
  it('is bounded, so that large values cannot fill the memory before many small ones do', async () => {
    const clock = createFakeClock();
    const store = createMemoryEphemeralStore({ clock, maxCharacters: 100 });
    await store.put('a', 'x'.repeat(60), 1000);
    await expect(store.put('b', 'x'.repeat(60), 1000)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    await store.take('a');
    await store.put('b', 'x'.repeat(60), 1000);
    await store.put('b', 'y'.repeat(90), 1000);
    clock.advance(2000);
    await store.put('c', 'x'.repeat(90), 1000);
    expect(await store.get('c')).toBe('x'.repeat(90));
  });
});
