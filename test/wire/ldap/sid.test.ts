/** @module Security identifiers of Windows, with the number of a primary group in the last place. */
import { expect, test } from 'vitest';
import { primaryGroupSid } from '../../../src/wire/ldap/sid.ts';

/** S-1-5-21-1004336348-1177238915-682003330-1107. */
const user = Uint8Array.from(Buffer.from('010500000000000515000000dcf4dc3b833d2b46828ba62853040000', 'hex'));

/** S-1-5-21-1004336348-1177238915-682003330-513. */
const group = Uint8Array.from(Buffer.from('010500000000000515000000dcf4dc3b833d2b46828ba62801020000', 'hex'));

test('the group is the last number', () => {
  expect(primaryGroupSid(user, '513')).toEqual(group);
});

test('the user stays as he is', () => {
  const copy = Uint8Array.from(user);
  primaryGroupSid(copy, '513');
  expect(copy).toEqual(user);
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
