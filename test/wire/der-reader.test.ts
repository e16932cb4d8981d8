/** @module DER as X.690 wants it: one encoding for one value, and everything else refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integer, objectIdentifier, sequence, time, utf8String } from '../../src/wire/der.ts';
import {
  derBitString,
  derBoolean,
  derChildren,
  derInteger,
  derObjectIdentifier,
  derText,
  derTime,
  readDer,
} from '../../src/wire/der-reader.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const element = (text: string) => readDer(hex(text));

describe('an element', () => {
  it.each([
    ['an indefinite length', '30 80 00 00'],
    ['a length that could be shorter', '04 81 01 00'],
    ['a length with a leading zero', `04 82 00 80${'00'.repeat(128)}`],
    ['a length beyond the end', '04 02 00'],
    ['something after it', '04 01 00 00'],
    ['a tag number in further octets', '1f 81 01 00'],
    ['nothing', ''],
  ])('with %s is none', (_what, text) => expect(element(text)).toBeUndefined());

  it('has the children that were put into it', () => {
    const parts = [integer(Uint8Array.of(5)), utf8String('x')];
    expect(derChildren(readDer(sequence(...parts)))?.map(({ whole }) => Buffer.from(whole))).toEqual(
      parts.map((part) => Buffer.from(part)),
    );
  });
});

describe('values', () => {
  it.each([
    ['02 01 00', 0n],
    ['02 01 ff', -1n],
    ['02 02 00 80', 128n],
    ['02 02 00 7f', undefined],
    ['02 02 ff 80', undefined],
    ['02 00', undefined],
  ])('the integer %s is %s', (text, value) => expect(derInteger(element(text))).toBe(value));

  it.each([
    ['01 01 ff', true],
    ['01 01 00', false],
    ['01 01 01', undefined],
  ])('the boolean %s is %s', (text, value) => expect(derBoolean(element(text))).toBe(value));

  it.each([
    ['06 03 55 1d 13', '2.5.29.19'],
    ['06 03 88 37 03', '2.999.3'],
    ['06 02 80 01', undefined],
    ['06 01 81', undefined],
    ['06 00', undefined],
    [`06 40 ${'2a '.repeat(64).trim()}`, `1.2${'.42'.repeat(63)}`],
    [`06 41 ${'2a '.repeat(65).trim()}`, undefined],
  ])('the object identifier %s is %s', (text, value) => expect(derObjectIdentifier(element(text))).toBe(value));

  it('read what the writer wrote', () => {
    const arc = fc.nat(2 ** 31 - 1);
    fc.assert(
      fc.property(fc.nat(2), fc.nat(39), fc.array(arc), (root, second, others) => {
        const dotted = [root, second, ...others].join('.');
        expect(derObjectIdentifier(readDer(objectIdentifier(dotted)))).toBe(dotted);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['1999-12-31T23:59:59.000Z', '2049-06-01T00:00:00.000Z', '2050-01-01T00:00:00.000Z'])(
    'the time %s',
    (text) => {
      expect(derTime(readDer(time(Date.parse(text))))).toBe(Date.parse(text));
    },
  );

  it.each([
    '17 0d 323430323331303030303030 5a',
    '17 0b 32343031303130303030 5a',
    '18 0f 32303530303130313030303030302b',
  ])('the time %s is none', (text) => expect(derTime(element(text))).toBeUndefined());

  it('texts that are not UTF-8 are none', () => {
    expect(derText(element('0c 02 c3 28')!)).toBeUndefined();
    expect(derText(element('1e 02 00 41')!)).toBe('A');
    expect(derText(element('1e 01 41')!)).toBeUndefined();
  });

  it('a bit string says how many bits do not count', () => {
    expect(derBitString(element('03 02 05 a0'))).toEqual({ bytes: hex('a0'), unused: 5 });
    expect(derBitString(element('03 02 08 a0'))).toBeUndefined();
    expect(derBitString(element('03 01 01'))).toBeUndefined();
  });
});
