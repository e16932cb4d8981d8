/** @module JBoss's hash options, each with a value computed elsewhere. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type PasswordHashOptions, passwordHashOptions } from '../../src/spi/password-hash-options.ts';
import { Secret } from '../../src/spi/secret.ts';
import { parseStoredPassword, verifyPassword } from '../../src/wire/password-hash.ts';

const parse = (raw: Readonly<Record<string, unknown>>): PasswordHashOptions =>
  z.strictObject(passwordHashOptions).parse(raw);

const verify = (stored: string | undefined, typed: string, raw: Readonly<Record<string, unknown>> = {}) =>
  verifyPassword(
    stored === undefined ? undefined : parseStoredPassword(stored, 1),
    new Secret(typed),
    parse(raw),
    undefined,
  );

const sha256 = { hashAlgorithm: 'SHA-256' };
const md5OfUtf8 = '9cb017269b4d82e205ab28e304372ea6';
const md5OfLatin1 = '6d3c82fee0888c83203492f7d41b8233';
const hexSha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';

describe('verifyPassword', () => {
  // `printf %s … | openssl dgst -binary … | base64`, and without -binary.
  it.each([
    ['plain text', 'secret', {}],
    ['SHA-256 in base64, the default encoding', 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=', sha256],
    ['SHA-256 in HEX', hexSha256, { ...sha256, hashEncoding: 'HEX' }],
    ['SHA-256 in RFC2617, cut after 16 bytes', hexSha256.slice(0, 32), { ...sha256, hashEncoding: 'rfc2617' }],
    ['MD5 in HEX', '5ebe2294ecd0e0f08eab7690d2a6ee69', { hashAlgorithm: 'md5', hashEncoding: 'HEX' }],
    ['SHA, which is SHA-1', 'e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4', { hashAlgorithm: 'SHA', hashEncoding: 'hex' }],
    ['a stored password that is digested too', 'secret', { ...sha256, hashStorePassword: 'true' }],
  ] as const)('accepts %s, and nothing else', async (_, stored, raw) => {
    expect(await verify(stored, 'secret', raw)).toBe(true);
    for (const wrong of ['Secret', 'secret ', '', stored === 'secret' ? 'x' : stored]) {
      expect(await verify(stored, wrong, raw)).toBe(false);
    }
  });

  it('takes the digest itself with hashUserPassword false', async () => {
    const raw = { ...sha256, hashEncoding: 'HEX', hashUserPassword: false };
    expect(await verify(hexSha256, hexSha256, raw)).toBe(true);
    expect(await verify(hexSha256, 'secret', raw)).toBe(false);
  });

  it('counts the case of a hexadecimal digest only without ignorePasswordCase', async () => {
    const raw = { ...sha256, hashEncoding: 'HEX' };
    expect(await verify(hexSha256.toUpperCase(), 'secret', raw)).toBe(false);
    expect(await verify(hexSha256.toUpperCase(), 'secret', { ...raw, ignorePasswordCase: true })).toBe(true);
  });

  it('ignores case with ignorePasswordCase', async () => {
    expect(await verify('Geheim', 'gEHEIM', { ignorePasswordCase: true })).toBe(true);
    expect(await verify('Geheim', 'gEHEIN', { ignorePasswordCase: true })).toBe(false);
  });

  it('digests in hashCharset, UTF-8 by default', async () => {
    const md5 = { hashAlgorithm: 'MD5', hashEncoding: 'HEX' };
    expect(await verify(md5OfUtf8, 'päss', md5)).toBe(true);
    expect(await verify(md5OfLatin1, 'päss', { ...md5, hashCharset: 'ISO-8859-1' })).toBe(true);
  });

  it('does not take a character outside the charset for a question mark, as Java would', async () => {
    const raw = { hashAlgorithm: 'MD5', hashEncoding: 'HEX', hashCharset: 'iso-8859-1' };
    const md5OfQuestionMark = 'd1457b72c3fb323a2671125aef3eab5d';
    expect(await verify(md5OfQuestionMark, '?', raw)).toBe(true);
    expect(await verify(md5OfQuestionMark, 'ř', raw)).toBe(false);
  });

  it.each([{}, sha256, { ...sha256, hashStorePassword: true }])(
    'lets nobody in who has no password (%j)',
    async (raw) => {
      expect(await verify(undefined, '', raw)).toBe(false);
      expect(await verify('', '', raw)).toBe(false);
    },
  );

  it('computes the Argon2 decoy for who has no Argon2 hash of his own, known or not', async () => {
    // Out of bounds, so that computing it shows.
    const decoy = {
      kind: 'argon2' as const,
      variant: 'argon2id' as const,
      parameters: { memoryKib: 8, passes: 0, lanes: 1 },
      salt: new Uint8Array(8),
      hash: new Uint8Array(16),
    };
    for (const stored of [undefined, parseStoredPassword('secret', 1)]) {
      await expect(verifyPassword(stored, new Secret('secret'), parse({}), decoy)).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
      });
    }
  });
});
