/** @module Security identifiers of Windows: as text, and with the number of a primary group in the last place. */
import { expect, test } from 'vitest';
import { formatSid, primaryGroupSid } from '../../../src/wire/ldap/sid.ts';

/** S-1-5-21-1004336348-1177238915-682003330-1107. */
const user = Uint8Array.from(Buffer.from('010500000000000515000000dcf4dc3b833d2b46828ba62853040000', 'hex'));

test('an identifier reads as Windows writes it', () => {
  expect(formatSid(user)).toBe('S-1-5-21-1004336348-1177238915-682003330-1107');
});

test('the group is the last number, and the user stays as he is', () => {
  const group = primaryGroupSid(user, '513');
  expect([formatSid(group ?? new Uint8Array()), formatSid(user)]).toEqual([
    'S-1-5-21-1004336348-1177238915-682003330-513',
    'S-1-5-21-1004336348-1177238915-682003330-1107',
  ]);
});

test.each([
  ['no bytes', new Uint8Array(), '513'],
  ['a count that is not so', user.subarray(0, 24), '513'],
  ['another revision', Uint8Array.from([2, ...user.subarray(1)]), '513'],
  ['a number that is none', user, '-1'],
  ['a number beyond four bytes', user, '4294967296'],
])('there is no group for %s', (_, sid, id) => {
  expect(primaryGroupSid(sid, id)).toBeUndefined();
});
