/** @module The authentication cache by itself: what is a hit, what makes room, what a flush leaves. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type CachedLogin, createAuthCache } from '../../src/engine/auth-cache.ts';
import type { Evidence } from '../../src/spi/evidence.ts';
import { Secret } from '../../src/spi/secret.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { identityOf, passwordOf } from './fake-modules.ts';

const login = (principal: string, decision = 'D1'): CachedLogin => ({
  principal,
  decision,
  contributions: [identityOf(principal)],
});

function open(rule = { maxEntries: 3, lifetimeMs: 1000 }) {
  const clock = createFakeClock();
  const left: string[] = [];
  const leave = async ({ principal }: CachedLogin) => void left.push(principal);
  const cache = createAuthCache({ rule, clock, random: createFakeRandom(), leave });
  const keep = (name: string, password = 'secret') =>
    cache.keep(passwordOf(name, password), login(name), cache.generation());
  return { cache, clock, left, keep };
}

const certificate = (...chain: readonly string[]): Evidence => ({
  kind: 'certificate',
  chain: chain.map((der) => Buffer.from(der)),
});

describe('a hit', () => {
  it('is the same name with the same password', () => {
    const { cache, keep } = open();
    keep('eric');
    expect(cache.find(passwordOf('eric'))).toEqual(login('eric'));
  });

  it.each([
    ['another password', passwordOf('eric', 'Secret')],
    ['an empty password', passwordOf('eric', '')],
    ['another name', passwordOf('Eric')],
    ['another lone surrogate', passwordOf('eric', 'a\udfff')],
  ])('is not %s', (_what, evidence) => {
    const { cache, keep } = open();
    keep('eric', 'a\ud800');
    keep('anna');
    expect(cache.find(evidence)).toBeUndefined();
  });

  it('is the same chain of certificates', () => {
    const { cache } = open();
    cache.keep(certificate('leaf', 'issuer'), login('CN=eric'), cache.generation());
    expect(cache.find(certificate('leaf', 'issuer'))).toEqual(login('CN=eric'));
    expect(cache.find(certificate('leaf'))).toBeUndefined();
    expect(cache.find(certificate('lea', 'fissuer'))).toBeUndefined();
  });

  it.each<[string, Evidence]>([
    ['a one-time code beside the password', Object.assign(passwordOf('eric'), { oneTimeCode: new Secret('123456') })],
    ['nobody', { kind: 'anonymous' }],
    ['a ticket', { kind: 'negotiate', token: new Secret(Uint8Array.of(1)) }],
    ['an assertion', { kind: 'assertion', xml: new Secret(Uint8Array.of(1)) }],
    ['a connection', { kind: 'connection', username: 'eric', realm: 'r' }],
  ])('is never %s: it proves one moment', (_what, evidence) => {
    const { cache } = open();
    cache.keep(evidence, login('eric'), cache.generation());
    expect(cache.principals()).toEqual([]);
    expect(cache.find(evidence)).toBeUndefined();
  });
});

describe('an entry', () => {
  it('ends with its lifetime, used or not', () => {
    const { cache, clock, keep, left } = open();
    keep('eric');
    clock.advance(999);
    expect(cache.find(passwordOf('eric'))).toBeDefined();
    clock.advance(1);
    expect([cache.principals(), cache.find(passwordOf('eric')), left]).toEqual([[], undefined, ['eric']]);
  });

  it('is replaced by the next login of its name', () => {
    const { cache, keep, left } = open();
    keep('eric', 'old');
    keep('eric', 'new');
    expect(cache.find(passwordOf('eric', 'old'))).toBeUndefined();
    expect(cache.find(passwordOf('eric', 'new'))).toBeDefined();
    expect(left).toEqual(['eric']);
  });

  it('that was used longest ago makes room', () => {
    const { cache, keep, left } = open();
    for (const name of ['a', 'b', 'c']) keep(name);
    cache.find(passwordOf('a'));
    keep('d');
    expect([cache.principals(), left]).toEqual([['c', 'a', 'd'], ['b']]);
  });

  it('is not made room for by a wrong password', () => {
    const { cache, keep } = open();
    for (const name of ['a', 'b', 'c']) keep(name);
    cache.find(passwordOf('a', 'wrong'));
    keep('d');
    expect(cache.principals()).toEqual(['b', 'c', 'd']);
  });

  it('holds no password', () => {
    const { cache, keep } = open();
    keep('eric', 'correct horse');
    expect(inspect(cache, { depth: null, showHidden: true })).not.toContain('correct horse');
    expect(inspect(cache.find(passwordOf('eric', 'correct horse')), { depth: null })).not.toContain('correct horse');
  });
});

describe('a flush', () => {
  it('of a principal leaves the others', async () => {
    const { cache, keep, left } = open();
    keep('a');
    keep('b');
    expect(await cache.flush('a')).toBe(1);
    expect([cache.principals(), left]).toEqual([['b'], ['a']]);
  });

  it('finds a principal by the name of the login and by every name that was proved', async () => {
    const { cache } = open();
    const contributions = [
      { identity: { name: 'id', type: 'user' }, callerPrincipal: { name: 'cp', type: 'user' } },
    ] as const;
    for (const name of ['typed', 'id', 'cp', 'mapped']) {
      cache.keep(passwordOf('typed'), { principal: 'mapped', decision: 'D', contributions }, cache.generation());
      expect(await cache.flush(name)).toBe(1);
    }
  });

  it('of everything leaves nothing', async () => {
    const { cache, keep } = open();
    keep('a');
    keep('b');
    expect([await cache.flush(), cache.principals()]).toEqual([2, []]);
  });

  it('keeps out a login that began before it', async () => {
    const { cache } = open();
    const generation = cache.generation();
    await cache.flush('somebody else');
    cache.keep(passwordOf('eric'), login('eric'), generation);
    expect(cache.principals()).toEqual([]);
  });
});
