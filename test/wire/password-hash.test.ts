/** @module JBoss's hash options, each with a value computed elsewhere. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type PasswordHashOptions, passwordHashOptions } from '../../src/spi/password-hash-options.ts';
import { Secret } from '../../src/spi/secret.ts';
import { verifyText } from '../../src/wire/password-hash.ts';

const parse = (raw: Readonly<Record<string, unknown>>): PasswordHashOptions =>
  z.strictObject(passwordHashOptions).parse(raw);

const verify = (stored: string, typed: string, raw: Readonly<Record<string, unknown>> = {}) =>
  verifyText(stored, new Secret(typed), parse(raw));

const sha256 = { hashAlgorithm: 'SHA-256' };
const md5OfUtf8 = '9cb017269b4d82e205ab28e304372ea6';
const md5OfLatin1 = '6d3c82fee0888c83203492f7d41b8233';
const hexSha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';

describe('verifyText', () => {
  // `printf %s … | openssl dgst -binary … | base64`, and without -binary.
  it.each([
    ['plain text', 'secret', {}],
    ['SHA-256 in base64, the default encoding', 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=', sha256],
    ['SHA-256 in HEX', hexSha256, { ...sha256, hashEncoding: 'HEX' }],
    ['SHA-256 in RFC2617, cut after 16 bytes', hexSha256.slice(0, 32), { ...sha256, hashEncoding: 'rfc2617' }],
    ['MD5 in HEX', '5ebe2294ecd0e0f08eab7690d2a6ee69', { hashAlgorithm: 'md5', hashEncoding: 'HEX' }],
    ['SHA, which is SHA-1', 'e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4', { hashAlgorithm: 'SHA', hashEncoding: 'hex' }],
    ['a stored password that is digested too', 'secret', { ...sha256, hashStorePassword: 'true' }],
  ] as const)('accepts %s, and nothing else', (_, stored, raw) => {
    expect(verify(stored, 'secret', raw)).toBe(true);
    for (const wrong of ['Secret', 'secret ', '', stored === 'secret' ? 'x' : stored]) {
      expect(verify(stored, wrong, raw)).toBe(false);
    }
  });

  it('takes the digest itself with hashUserPassword false', () => {
    const raw = { ...sha256, hashEncoding: 'HEX', hashUserPassword: false };
    expect(verify(hexSha256, hexSha256, raw)).toBe(true);
    expect(verify(hexSha256, 'secret', raw)).toBe(false);
  });

  it('counts the case of a hexadecimal digest only without ignorePasswordCase', () => {
    const raw = { ...sha256, hashEncoding: 'HEX' };
    expect(verify(hexSha256.toUpperCase(), 'secret', raw)).toBe(false);
    expect(verify(hexSha256.toUpperCase(), 'secret', { ...raw, ignorePasswordCase: true })).toBe(true);
  });

  it('ignores case with ignorePasswordCase', () => {
    expect(verify('Geheim', 'gEHEIM', { ignorePasswordCase: true })).toBe(true);
    expect(verify('Geheim', 'gEHEIN', { ignorePasswordCase: true })).toBe(false);
  });

  it('digests in hashCharset, UTF-8 by default', () => {
    const md5 = { hashAlgorithm: 'MD5', hashEncoding: 'HEX' };
    expect(verify(md5OfUtf8, 'päss', md5)).toBe(true);
    expect(verify(md5OfLatin1, 'päss', { ...md5, hashCharset: 'ISO-8859-1' })).toBe(true);
  });

  it('does not take a character outside the charset for a question mark, as Java would', () => {
    const raw = { hashAlgorithm: 'MD5', hashEncoding: 'HEX', hashCharset: 'iso-8859-1' };
    const md5OfQuestionMark = 'd1457b72c3fb323a2671125aef3eab5d';
    expect(verify(md5OfQuestionMark, '?', raw)).toBe(true);
    expect(verify(md5OfQuestionMark, 'ř', raw)).toBe(false);
  });

  it.each([{}, sha256, { ...sha256, hashStorePassword: true }])(
    'lets nobody in who has no password (%j)',
    async (raw) => {
      expect(verify('', '', raw)).toBe(false);
    },
  );
});
