import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ecdsaValueOf } from '../../src/wire/ecdsa-value.ts';

const curves = [
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
] as const;

describe('the value of an ECDSA signature', () => {
  it.each(curves)('is what verifies as r and s side by side: %s', (namedCurve, fieldBytes) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    // Many, because one in 128 has a number that is shorter than the field.
    const refused = Array.from({ length: 300 }, (_, index) => Buffer.from(`message ${index}`)).filter(
      (data) =>
        !verify(
          'sha256',
          data,
          { key: publicKey, dsaEncoding: 'ieee-p1363' },
          ecdsaValueOf(sign('sha256', data, privateKey), fieldBytes),
        ),
    );
    expect(refused).toEqual([]);
  });

  it('fills a short number up with zeros at its front', () => {
    const der = Uint8Array.of(0x30, 6, 2, 1, 7, 2, 1, 9);
    expect([...ecdsaValueOf(der, 3)]).toEqual([0, 0, 7, 0, 0, 9]);
  });

  it('leaves out the zero that keeps a number from being negative', () => {
    const der = Uint8Array.of(0x30, 8, 2, 2, 0, 0xff, 2, 2, 0, 0x80);
    expect([...ecdsaValueOf(der, 1)]).toEqual([0xff, 0x80]);
  });

  it.each([
    ['of a longer curve', Uint8Array.of(0x30, 7, 2, 2, 1, 1, 2, 1, 9)],
    ['of three numbers', Uint8Array.of(0x30, 9, 2, 1, 7, 2, 1, 9, 2, 1, 9)],
    ['of other things than numbers', Uint8Array.of(0x30, 6, 4, 1, 7, 4, 1, 9)],
    ['cut short', Uint8Array.of(0x30, 6, 2, 1, 7)],
  ])('is not made of a signature %s', (_, der) => {
    expect(() => ecdsaValueOf(der, 1)).toThrow(/not an ECDSA signature/);
  });
});
