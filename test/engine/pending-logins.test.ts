import { describe, expect, it } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { createPendingLogins, MAX_PARKED_CHARACTERS, type PendingLogin } from '../../src/engine/pending-logins.ts';
import type { EphemeralStore } from '../../src/spi/ephemeral-store.ts';
import { createFakeClock, FAKE_START } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';

const pending: PendingLogin = {
  domain: 'idp-domain',
  mechanisms: ['SPNEGO', 'FORM'],
  application: 'Travel \u{1f6eb}',
  resumePath: '/saml/idp/continue',
  state: '{"request":"_1"}',
  parkedAt: FAKE_START,
};

function open() {
  const clock = createFakeClock();
  const memory = createMemoryEphemeralStore({ clock });
  const asked: string[] = [];
  const noted = (key: string) => {
    asked.push(key);
    return key;
  };
  const store: EphemeralStore = {
    ...memory,
    put: (key, value, ttlMs) => memory.put(noted(key), value, ttlMs),
    get: (key) => memory.get(noted(key)),
    take: (key) => memory.take(noted(key)),
  };
  const logins = createPendingLogins({ store, clock, random: createFakeRandom(), ttlMs: 1000 });
  /** Puts other text in the place of what was parked. */
  async function replaceRecord(text: (stored: string) => string) {
    const key = asked[0]!;
    await memory.put(key, text((await memory.get(key))!), 1000);
  }
  return { clock, asked, logins, replaceRecord };
}

describe('a pending login', () => {
  it('can be read as often as needed until it is claimed', async () => {
    const { logins } = open();
    const id = await logins.park(pending);
    expect(await logins.read(id)).toEqual(pending);
    expect(await logins.read(id)).toEqual(pending);
    expect(await logins.claim(id)).toEqual(pending);
    expect(await logins.read(id)).toBeUndefined();
  });

  it('may go without a display name', async () => {
    const { application: _, ...nameless } = pending;
    const { logins } = open();
    expect(await logins.read(await logins.park(nameless))).toEqual(nameless);
  });

  it('is claimed by exactly one of many', async () => {
    const { logins } = open();
    const id = await logins.park(pending);
    const claims = await Promise.all(Array.from({ length: 50 }, () => logins.claim(id)));
    expect(claims.filter((claim) => claim !== undefined)).toEqual([pending]);
  });

  it('has an id that cannot be guessed, of which the store sees only the hash', async () => {
    const { logins, asked } = open();
    const id = await logins.park(pending);
    expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(asked).toEqual([expect.stringMatching(/^pending-login:[A-Za-z0-9_-]{43}$/)]);
    expect(asked[0]).not.toContain(id);
  });

  it('is gone when its time is over', async () => {
    const { logins, clock } = open();
    const id = await logins.park(pending);
    clock.advance(1000);
    expect(await logins.read(id)).toBeUndefined();
    expect(await logins.claim(id)).toBeUndefined();
  });

  it('is gone when its time is over, though the store has it still', async () => {
    const { logins, clock, replaceRecord } = open();
    const id = await logins.park(pending);
    clock.advance(600);
    await replaceRecord((stored) => stored);
    clock.advance(600);
    expect(await logins.read(id)).toBeUndefined();
  });

  it('is refused when it is too large to be kept for a stranger', async () => {
    const { logins, asked } = open();
    const parking = logins.park({ ...pending, state: 'x'.repeat(MAX_PARKED_CHARACTERS) });
    await expect(parking).rejects.toMatchObject({ code: 'ERR_REQUEST_TOO_LARGE' });
    expect(asked).toEqual([]);
  });

  it.each(['https://evil.example/', '//evil.example/', '/\\evil.example/', 'relative', '', '/a\nb', '/a\\b', '/a b'])(
    'never resumes at %j, which is not a path of this server',
    async (resumePath) => {
      const { logins, asked } = open();
      await expect(logins.park({ ...pending, resumePath })).rejects.toThrow();
      expect(asked).toEqual([]);
    },
  );

  it.each(['', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}!`])('is not looked for under %j', async (id) => {
    const { logins, asked } = open();
    expect(await logins.read(id)).toBeUndefined();
    expect(await logins.claim(id)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it.each<[string, (stored: string) => string]>([
    ['another version', (stored) => stored.replace('"version":1', '"version":2')],
    ['a field that is not known', (stored) => stored.replace('{', '{"later":true,')],
    ['a field too few', (stored) => stored.replace('"domain":"idp-domain",', '')],
    ['a place elsewhere to resume', (stored) => stored.replace('/saml/idp/continue', '//evil.example/')],
    ['text that is not JSON', () => 'not JSON'],
    ['nothing but null', () => 'null'],
  ])('is absent when the store holds %s', async (_, change) => {
    const { logins, replaceRecord } = open();
    const id = await logins.park(pending);
    let changed = '';
    await replaceRecord((stored) => {
      changed = change(stored);
      expect(changed).not.toBe(stored);
      return changed;
    });
    expect(await logins.read(id)).toBeUndefined();
    expect(await logins.claim(id)).toBeUndefined();
  });
});
