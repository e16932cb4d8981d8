import { describe, expect, it } from 'vitest';
import { createFirstLegs, firstLegMs, maxFirstLegCharacters } from '../../src/engine/first-legs.ts';
import { createSealing } from '../../src/engine/sealing.ts';
import { maxNameLength, maxPasswordLength } from '../../src/spi/evidence-limits.ts';
import { Secret } from '../../src/spi/secret.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { passwordOf } from './fake-modules.ts';

const binding = { pendingId: 'P', browser: 'B' };

function open(byte = 1) {
  const clock = createFakeClock();
  const parts = { clock, random: createFakeRandom(), key: new Secret(new Uint8Array(32).fill(byte)) };
  return { clock, legs: createFirstLegs(parts), parts };
}

const legOf = (name: string, password: string) => ({ mechanism: 'FORM', evidence: passwordOf(name, password) });

describe('a first leg', () => {
  it.each([
    ['alice', 'secret'],
    ['Größe', '"\\\u0000\u{1f6eb}\ud800'],
    ['', ''],
  ])('gives back the name %j and the password %j', (name, password) => {
    const { legs } = open();
    const leg = legs.open(legs.seal(legOf(name, password), binding), binding);
    expect(leg).toMatchObject({ mechanism: 'FORM', evidence: { kind: 'password', username: name } });
    expect(leg?.evidence.password.reveal()).toBe(password);
  });

  it('holds the longest name and password that a form may have', () => {
    const { legs } = open();
    const longest = legOf('\u0001'.repeat(maxNameLength), '\u0001'.repeat(maxPasswordLength));
    const sealed = legs.seal(longest, binding);
    expect(sealed.length).toBeLessThan(maxFirstLegCharacters);
    expect(legs.open(sealed, binding)?.evidence.password.reveal()).toHaveLength(maxPasswordLength);
  });

  it('is worth nothing with another parked login or in another browser', () => {
    const { legs } = open();
    const sealed = legs.seal(legOf('alice', 'secret'), binding);
    expect(legs.open(sealed, { ...binding, pendingId: 'Q' })).toBeUndefined();
    expect(legs.open(sealed, { ...binding, browser: 'C' })).toBeUndefined();
    expect(legs.open(sealed, { pendingId: 'B', browser: 'P' })).toBeUndefined();
  });

  it('ends after its time', () => {
    const { clock, legs } = open();
    const sealed = legs.seal(legOf('alice', 'secret'), binding);
    clock.advance(firstLegMs - 1);
    expect(legs.open(sealed, binding)).toBeDefined();
    clock.advance(1);
    expect(legs.open(sealed, binding)).toBeUndefined();
  });

  it('is sealed anew each time, and tells neither name nor password', () => {
    const { legs } = open();
    const [one, other] = [1, 2].map(() => legs.seal(legOf('alice', 'secret'), binding));
    expect(one).not.toBe(other);
    expect(Buffer.from(one!, 'base64url').toString('latin1')).not.toMatch(/alice|secret/);
  });

  it.each(['', 'x', '?', 'A'.repeat(40), 'A'.repeat(maxFirstLegCharacters + 1)])('is not %j', (sealed) => {
    expect(open().legs.open(sealed, binding)).toBeUndefined();
  });

  it('is none of another installation, another purpose or another release', () => {
    const { legs, parts } = open();
    const bound = ['P', 'B'];
    expect(open(2).legs.open(legs.seal(legOf('alice', 'secret'), binding), binding)).toBeUndefined();
    const text = JSON.stringify([String(parts.clock.now()), 'FORM', 'alice', 'secret']);
    expect(legs.open(createSealing({ ...parts, purpose: 'pending login' }).seal(text, bound), binding)).toBeUndefined();
    const own = createSealing({ ...parts, purpose: 'first leg of a login' });
    expect(legs.open(own.seal(text, bound), binding)).toBeDefined();
    for (const other of ['{}', '[]', '["1","FORM","alice",5]', 'null']) {
      expect(legs.open(own.seal(other, bound), binding)).toBeUndefined();
    }
  });
});
