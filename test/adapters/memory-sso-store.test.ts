import { describe, expect, it } from 'vitest';
import { createMemorySsoStore } from '../../src/adapters/memory-sso-store.ts';
import type { SsoEntry } from '../../src/spi/sso-store.ts';
import { ssoStoreConformance } from '../conformance/sso-store.ts';
import { createFakeClock, FAKE_START } from '../support/fake-clock.ts';

ssoStoreConformance('memory', async () => {
  const clock = createFakeClock();
  return { store: createMemorySsoStore({ clock }), now: () => clock.now(), advance: async (ms) => clock.advance(ms) };
});

describe('the memory SsoStore', () => {
  const entry: SsoEntry = {
    version: 1,
    domain: 'other',
    principal: 'eric',
    roles: [],
    attributes: {},
    mechanism: 'FORM',
    confidential: true,
    decision: '01HZZZZZZZZZZZZZZZZZZZZZZZ',
    authenticatedAt: FAKE_START,
    expiresAt: FAKE_START + 100_000,
    idleMs: 10_000,
    participants: [],
  };

  it('refuses a new session when it is full, and keeps those that live', async () => {
    const store = createMemorySsoStore({ clock: createFakeClock(), maxEntries: 1 });
    await store.begin('a', entry);
    await expect(store.begin('b', entry)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(await store.find('a')).toEqual(entry);
  });

  it('still lets participants join when it is full', async () => {
    const store = createMemorySsoStore({ clock: createFakeClock(), maxEntries: 1 });
    await store.begin('a', entry);
    const joined = await store.join('a', { kind: 'application', name: 'A', joinedAt: FAKE_START });
    expect(joined?.participants).toHaveLength(1);
  });

  it('has room again when a session idled out that nobody asked for', async () => {
    const clock = createFakeClock();
    const store = createMemorySsoStore({ clock, maxEntries: 1 });
    await store.begin('a', entry);
    clock.advance(11_000);
    await expect(store.begin('b', entry)).resolves.toBeUndefined();
  });

  it('does not free the place of a session whose idle time a find has begun anew', async () => {
    const clock = createFakeClock();
    const store = createMemorySsoStore({ clock, maxEntries: 1 });
    await store.begin('a', entry);
    clock.advance(6000);
    await store.find('a');
    clock.advance(6000);
    await expect(store.begin('b', entry)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(await store.find('a')).toEqual(entry);
  });
});
