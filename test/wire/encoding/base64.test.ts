import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeWrappedBase64, encodeBase64 } from '../../../src/wire/encoding/base64.ts';

describe('base64', () => {
  it('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(Buffer.from(decodeBase64(encodeBase64(bytes))!)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('knows one text only for any bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw+/=-_ '), maxLength: 12 }), (text) => {
        const bytes = decodeBase64(text);
        expect(bytes === undefined || encodeBase64(bytes) === text).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['no padding', 'QQ'],
    ['too much padding', 'QQ==='],
    ['padding inside', 'QQ==QQ=='],
    ['trailing bits that are not zero', 'QR=='],
    ['the URL alphabet', '-_-_'],
    ['a line break', 'QUJD\nREVG'],
    ['a foreign character', 'QU*D'],
    ['a space at the end', 'QUJD '],
  ])('refuses %s', (_what, text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('takes lines where the caller allows them', () => {
    expect(Buffer.from(decodeWrappedBase64(' QUJD\r\nREVG\n')!).toString()).toBe('ABCDEF');
  });

  it('refuses foreign characters between lines all the same', () => {
    expect(decodeWrappedBase64('QUJD\u00A0REVG')).toBeUndefined();
  });
});
