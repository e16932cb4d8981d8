import { describe, expect, it } from 'vitest';
import { encodeBase32 } from '../../../src/wire/one-time-code/base32.ts';
import { buildOtpauthUri } from '../../../src/wire/one-time-code/otpauth.ts';
import { buildCode, type CodeParameters, matchingStep, stepAt } from '../../../src/wire/one-time-code/totp.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const hotpSecret = ascii('12345678901234567890');
const sixDigits: CodeParameters = { algorithm: 'SHA-1', digits: 6 };

/** RFC 6238 Appendix B with the secrets of its erratum 2866: as long as the hash. */
const secrets = {
  'SHA-1': hotpSecret,
  'SHA-256': ascii('12345678901234567890123456789012'),
  'SHA-512': ascii('1234567890123456789012345678901234567890123456789012345678901234'),
} as const;

describe('a code', () => {
  it.each([
    [0, '755224'],
    [1, '287082'],
    [2, '359152'],
    [3, '969429'],
    [4, '338314'],
    [5, '254676'],
    [6, '287922'],
    [7, '162583'],
    [8, '399871'],
    [9, '520489'],
  ])('of counter %i is that of RFC 4226 Appendix D', (counter, code) => {
    expect(buildCode(hotpSecret, counter, sixDigits)).toBe(code);
  });

  it.each([
    [59, '94287082', '46119246', '90693936'],
    [1111111109, '07081804', '68084774', '25091201'],
    [1111111111, '14050471', '67062674', '99943326'],
    [1234567890, '89005924', '91819424', '93441116'],
    [2000000000, '69279037', '90698825', '38618901'],
    [20000000000, '65353130', '77737706', '47863826'],
  ])('at %i seconds is that of RFC 6238 Appendix B for each hash', (seconds, sha1, sha256, sha512) => {
    const codes = (['SHA-1', 'SHA-256', 'SHA-512'] as const).map((algorithm) =>
      buildCode(secrets[algorithm], stepAt(seconds * 1000), { algorithm, digits: 8 }),
    );
    expect(codes).toEqual([sha1, sha256, sha512]);
  });
});

describe('a typed code', () => {
  const at = 1111111109_000;
  const now = stepAt(at);
  const codeOf = (step: number) => buildCode(hotpSecret, step, sixDigits);

  it.each([-1, 0, 1])('matches when it is %i steps away from now', (away) => {
    expect(matchingStep(hotpSecret, codeOf(now + away), at, sixDigits)).toBe(now + away);
  });

  it.each([-2, 2])('does not when it is %i steps away', (away) => {
    expect(matchingStep(hotpSecret, codeOf(now + away), at, sixDigits)).toBeUndefined();
  });

  it.each(['', '0', '0708180', '07081804 ', '٠٨١٨٠٤'])('does not when it is %j', (typed) => {
    expect(matchingStep(hotpSecret, typed, at, sixDigits)).toBeUndefined();
  });

  it('is judged at the very beginning of time too', () => {
    expect(matchingStep(hotpSecret, codeOf(0), 0, sixDigits)).toBe(0);
  });
});

describe('base32', () => {
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('writes %j as RFC 4648 §10 does, without padding', (text, encoded) => {
    expect(encodeBase32(ascii(text))).toBe(encoded);
  });

  it('keeps every bit of a long secret', () => {
    expect(encodeBase32(new Uint8Array(20).fill(0xff))).toBe('7'.repeat(32));
  });
});

describe('the otpauth URI', () => {
  const uriOf = (issuer: string, user: string) =>
    new URL(buildOtpauthUri({ ...sixDigits, issuer, user, secret: ascii('foobar') }));

  it('names issuer, person and every parameter', () => {
    expect(uriOf('Example & Sons', 'alice').href).toBe(
      'otpauth://totp/Example%20%26%20Sons:alice?secret=MZXW6YTBOI&issuer=Example%20%26%20Sons&algorithm=SHA1&digits=6&period=30',
    );
  });

  it('lets no name speak for the issuer, or add a parameter', () => {
    const uri = uriOf('Gatehouse', 'a:b?secret=X&issuer=Evil#');
    expect(decodeURIComponent(uri.pathname)).toMatch(/\/?Gatehouse:a b\?secret=X&issuer=Evil#$/);
    expect(uri.searchParams.getAll('issuer')).toEqual(['Gatehouse']);
  });

  it('is short enough for a QR code, however long the name is', () => {
    expect(uriOf('I'.repeat(5000), '\u{1f6eb}'.repeat(1000)).href.length).toBeLessThan(1600);
  });
});
