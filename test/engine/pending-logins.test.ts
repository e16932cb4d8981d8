import { describe, expect, it } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { createPendingLogins, maxParkedCharacters, type PendingLogin } from '../../src/engine/pending-logins.ts';
import type { EphemeralStore } from '../../src/spi/ephemeral-store.ts';
import { Secret } from '../../src/spi/secret.ts';
import { createFakeClock, FAKE_START } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';

const pending: PendingLogin = {
  domain: 'idp-domain',
  entrance: 'saml-idp',
  application: 'Travel \u{1f6eb}',
  resumePath: '/saml/idp/continue',
  state: '{"request":"_1"}',
  browser: 'B',
  parkedAt: FAKE_START,
};

function open(key = 1) {
  const clock = createFakeClock();
  const memory = createMemoryEphemeralStore({ clock });
  const asked: string[] = [];
  const store: EphemeralStore = {
    ...memory,
    once(name, ttlMs) {
      asked.push(name);
      return memory.once(name, ttlMs);
    },
  };
  const random = createFakeRandom();
  const logins = createPendingLogins({
    store,
    clock,
    random,
    key: new Secret(new Uint8Array(32).fill(key)),
    ttlMs: 1000,
  });
  return { clock, asked, logins };
}

describe('a pending login', () => {
  it('can be read as often as needed, and costs the store nothing until it is claimed', async () => {
    const { logins, asked } = open();
    const id = await logins.park(pending);
    expect(await logins.read(id)).toEqual(pending);
    expect(await logins.read(id)).toEqual(pending);
    expect(asked).toEqual([]);
    expect(await logins.claim(id)).toEqual(pending);
    expect(asked).toHaveLength(1);
  });

  it('may go without a display name and a browser', async () => {
    const { application: _, browser: __, ...bare } = pending;
    const { logins } = open();
    expect(await logins.read(await logins.park(bare))).toEqual(bare);
  });

  it('is claimed by exactly one of many', async () => {
    const { logins } = open();
    const id = await logins.park(pending);
    const claims = await Promise.all(Array.from({ length: 50 }, () => logins.claim(id)));
    expect(claims.filter((claim) => claim !== undefined)).toEqual([pending]);
    expect(await logins.claim(id)).toBeUndefined();
  });

  it('is claimed once each where the same request was parked twice', async () => {
    const { logins } = open();
    const [first, second] = [await logins.park(pending), await logins.park(pending)];
    expect(first).not.toBe(second);
    expect(await logins.claim(first)).toEqual(pending);
    expect(await logins.claim(second)).toEqual(pending);
  });

  it('shows nothing of itself to whoever holds its id, and nothing of its id to the store', async () => {
    const { logins, asked } = open();
    const id = await logins.park(pending);
    expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(id, 'base64url').toString('latin1')).not.toContain('idp-domain');
    await logins.claim(id);
    expect(asked).toEqual([expect.stringMatching(/^claimed-login:[A-Za-z0-9_-]{43}$/)]);
    expect(asked[0]).not.toContain(id);
  });

  it('is resumed on another node with the same key, and on none with another', async () => {
    const id = await open(1).logins.park(pending);
    expect(await open(1).logins.read(id)).toEqual(pending);
    expect(await open(2).logins.read(id)).toBeUndefined();
  });

  it('is gone when its time is over', async () => {
    const { logins, clock } = open();
    const id = await logins.park(pending);
    clock.advance(1000);
    expect(await logins.read(id)).toBeUndefined();
    expect(await logins.claim(id)).toBeUndefined();
  });

  it('is refused when it is too large to travel in a URL', async () => {
    const { logins } = open();
    const parking = logins.park({ ...pending, state: 'x'.repeat(maxParkedCharacters) });
    await expect(parking).rejects.toMatchObject({ code: 'ERR_REQUEST_TOO_LARGE' });
  });

  it.each(['https://evil.example/', '//evil.example/', '/\\evil.example/', 'relative', '', '/a\nb', '/a\\b', '/a b'])(
    'never resumes at %j, which is not a path of this server',
    async (resumePath) => {
      await expect(open().logins.park({ ...pending, resumePath })).rejects.toThrow();
    },
  );

  it.each(['', 'A', 'A'.repeat(43), 'A'.repeat(200), '!', 'ä', 'A'.repeat(maxParkedCharacters + 1)])(
    'is not anything like %j',
    async (id) => {
      const { logins, asked } = open();
      expect(await logins.read(id)).toBeUndefined();
      expect(await logins.claim(id)).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );

  it('cannot be changed by a single character, nor spelt in another way', async () => {
    const { logins, asked } = open();
    const id = await logins.park(pending);
    for (let at = 0; at < id.length; at += 7) {
      const other = id[at] === 'A' ? 'B' : 'A';
      expect(await logins.claim(id.slice(0, at) + other + id.slice(at + 1))).toBeUndefined();
    }
    expect(await logins.claim(`${id}=`)).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
