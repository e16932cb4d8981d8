import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  boolean,
  contextExplicit,
  contextImplicit,
  integer,
  namedBits,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  time,
  utf8String,
} from '../../src/wire/der.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

it.each([
  ['true', boolean(true), '0101ff'],
  ['false', boolean(false), '010100'],
  ['null', nothing(), '0500'],
  ['zero', integer(Uint8Array.of()), '020100'],
  ['127', integer(Uint8Array.of(127)), '02017f'],
  ['128, which needs a sign octet', integer(Uint8Array.of(128)), '02020080'],
  ['256 with leading zeros', integer(Uint8Array.of(0, 0, 1, 0)), '02020100'],
  ['sha256WithRSAEncryption', objectIdentifier('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
  ['the arc 2.999', objectIdentifier('2.999.3'), '0603883703'],
  ['the common name attribute', objectIdentifier('2.5.4.3'), '0603550403'],
  ['bit 0', namedBits([0]), '03020780'],
  ['bits 0 and 2', namedBits([2, 0]), '030205a0'],
  ['bit 8', namedBits([8]), '0303070080'],
  ['text', utf8String('ä'), '0c02c3a4'],
  ['an empty sequence', sequence(), '3000'],
  ['a set of one', setOfOne(nothing()), '31020500'],
  ['an implicit tag', contextImplicit(2, Uint8Array.of(0x61)), '820161'],
  ['an explicit tag', contextExplicit(3, nothing()), 'a3020500'],
])('writes %s', (_, bytes, expected) => expect(hex(bytes)).toBe(expected));

it.each([
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_536, '0483010000'],
])('writes the length %i in the shortest form', (length, head) => {
  expect(hex(octetString(new Uint8Array(length))).slice(0, head.length)).toBe(head);
});

it('writes times through 2049 with two digits of the year and later ones with four', () => {
  const textOf = (at: string) => Buffer.from(time(Date.parse(at))).toString('latin1');
  expect(textOf('2049-12-31T23:59:59.999Z')).toBe('\u0017\r491231235959Z');
  expect(textOf('2050-01-01T00:00:00Z')).toBe('\u0018\u000f20500101000000Z');
});

it('writes integers that mean what was given', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const body = integer(bytes).subarray(2);
      expect(BigInt(`0x0${hex(body)}`)).toBe(BigInt(`0x0${hex(bytes)}`));
      expect(body[0]! < 0x80).toBe(true);
      expect(body.length === 1 || body[0] !== 0 || body[1]! >= 0x80).toBe(true);
    }),
  );
});
