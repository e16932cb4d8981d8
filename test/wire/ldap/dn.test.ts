/** @module Distinguished names: any value survives them, and equal ones are found equal. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { dnKey, escapeDnValue, formatDn, parseDn, valueInDn } from '../../../src/wire/ldap/dn.ts';

const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });

test('any value put into a DN is that value and nothing else', () => {
  fc.assert(
    fc.property(value, (name) => {
      expect(parseDn(`uid=${escapeDnValue(name)},ou=people`)).toEqual([
        [{ type: 'uid', value: name }],
        [{ type: 'ou', value: 'people' }],
      ]);
    }),
    { numRuns: 500 },
  );
});

test('what is written is read again', () => {
  const dn = fc.array(fc.array(fc.record({ type: fc.constantFrom('cn', 'OU', '2.5.4.3'), value }), { minLength: 1 }));
  fc.assert(
    fc.property(dn, (rdns) => {
      expect(parseDn(formatDn(rdns))).toEqual(rdns);
    }),
  );
});

test('reading ends for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'cn=,+;\\"#<> 0af\0'), maxLength: 60 }), (text) => {
      expect(dnKey(text)).toBe(dnKey(text));
      expect(Array.isArray(parseDn(text) ?? [])).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

describe('a DN', () => {
  it.each([
    ['UID=jsmith,DC=example,DC=net', ['jsmith', 'example', 'net']],
    ['CN=James \\"Jim\\" Smith\\, III,DC=net', ['James "Jim" Smith, III', 'net']],
    ['CN=Before\\0dAfter,DC=net', ['Before\rAfter', 'net']],
    ['CN=Lu\\C4\\8Di\\C4\\87', ['Lučić']],
    ['cn = a b , dc = net', ['a b', 'net']],
    ['cn=\\ x\\ ', [' x ']],
    ['1.3.6.1.4.1.1466.0=#04024869', ['#04024869']],
    ['cn=', ['']],
    ['', []],
  ])('%j reads as RFC 4514 says', (written, values) => {
    expect(parseDn(written)?.map((rdn) => rdn[0]?.value)).toEqual(values);
  });

  it.each(['jdoe', 'cn', 'cn=a,', 'cn=a\\', 'cn="a"', '=a', 'cn=a\0'])('%j is none', (written) => {
    expect(parseDn(written)).toBeUndefined();
  });

  it('is not read when it is longer than any', () => {
    expect(parseDn(`cn=${'a'.repeat(20_000)}`)).toBeUndefined();
  });

  it.each([
    ['CN=Admins,OU=Groups', 'cn=admins, ou=groups'],
    ['cn=a+ou=b', 'ou=B+cn=A'],
    ['cn=a  b', 'cn=a b'],
    ['cn=\\41', 'cn=a'],
    ['cn=Zoe\u0308', 'cn=zoë'],
  ])('%s is the same as %s', (one, other) => {
    expect(dnKey(one)).toBe(dnKey(other));
  });

  it.each([
    ['cn=a,ou=b', 'cn=a\\,ou=b'],
    ['cn=a', 'ou=a'],
    ['cn=a,cn=b', 'cn=a+cn=b'],
    ['no dn', 'no  dn'],
  ])('%s is another than %s', (one, other) => {
    expect(dnKey(one)).not.toBe(dnKey(other));
  });

  it('gives the leftmost value of a type, and not one that only mentions it', () => {
    expect([valueInDn('ou=cn-x,CN=admins,cn=Users', 'cn'), valueInDn('ou=cn', 'cn'), valueInDn('none', 'cn')]).toEqual([
      'admins',
      undefined,
      undefined,
    ]);
  });
});
