/** @module Argon2id strings: vectors of the reference implementation, limits, and what is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import { Secret } from '../../src/spi/secret.ts';
import {
  claimsArgon2,
  defaultArgon2,
  hashArgon2,
  maxArgon2MemoryKib,
  parseArgon2,
  verifyArgon2,
} from '../../src/wire/argon2.ts';

const password = new Secret('password');
/** phc-winner-argon2, src/test.c: argon2id, version 0x13. */
const vectors = [
  '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
  '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  // The same file, argon2i.
  '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
];
const good = vectors[0]!;

describe('verifyArgon2', () => {
  it.each(vectors)('verifies %s', async (vector) => {
    expect(await verifyArgon2(parseArgon2(vector), password)).toBe(true);
  });

  it('rejects another password', async () => {
    expect(await verifyArgon2(parseArgon2(good), new Secret('Password'))).toBe(false);
  });
});

describe('hashArgon2', () => {
  it('makes what it verifies, with the parameters of OWASP', async () => {
    const made = await hashArgon2(password, new Uint8Array(16).fill(7));
    expect(made).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}$/);
    expect(parseArgon2(made).parameters).toEqual(defaultArgon2);
    expect(await verifyArgon2(parseArgon2(made), password)).toBe(true);
  });

  it('agrees with the reference implementation', async () => {
    const salt = Buffer.from('somesalt');
    expect(await hashArgon2(password, salt, { memoryKib: 256, passes: 2, lanes: 1 })).toBe(good);
  });

  it.each([
    { memoryKib: 7, passes: 1, lanes: 1 },
    { memoryKib: maxArgon2MemoryKib + 1, passes: 1, lanes: 1 },
    { memoryKib: 64, passes: 0, lanes: 1 },
    { memoryKib: 64, passes: 17, lanes: 1 },
    { memoryKib: 64, passes: 1, lanes: 17 },
    { memoryKib: 64.5, passes: 1, lanes: 1 },
  ])('refuses %j', async (parameters) => {
    await expect(hashArgon2(password, new Uint8Array(16), parameters)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
    });
  });

  it('refuses a short salt', async () => {
    await expect(hashArgon2(password, new Uint8Array(7))).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});

describe('parseArgon2', () => {
  it.each([
    ['another version', good.replace('v=19', 'v=16')],
    ['no version', good.replace('v=19$', '')],
    ['parameters in another order', good.replace('m=256,t=2', 't=2,m=256')],
    ['a leading zero', good.replace('t=2', 't=02')],
    ['too much memory', good.replace('m=256', 'm=1048576')],
    ['too many passes', good.replace('t=2', 't=1000')],
    ['a short salt', good.replace('c29tZXNhbHQ', 'c29tZQ')],
    ['a short hash', good.replace(/[^$]+$/, 'aGFzaA')],
    ['padding', `${good}=`],
    ['stray bits in the base64', good.replace(/4$/, '5')],
    ['something behind it', `${good}$x`],
    ['a line break behind it', `${good}\n`],
  ])('refuses %s', (_, text) => {
    expect(claimsArgon2(text)).toBe(true);
    expect(() => parseArgon2(text)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
  });

  it('reads any text, or refuses it by name', () => {
    const mutated = fc
      .tuple(fc.nat(good.length), fc.string({ maxLength: 3 }))
      .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (text) => {
        try {
          const { parameters } = parseArgon2(text);
          expect(parameters.memoryKib).toBeLessThanOrEqual(maxArgon2MemoryKib);
        } catch (error) {
          expect(error).toBeInstanceOf(GatehouseError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
