/** @module What counts as the record of a parked request when it is read back. */
import { describe, expect, it } from 'vitest';
import { pendingLoginRecord } from '../../src/spi/pending-login.ts';

const record = {
  version: 2,
  domain: 'other',
  entrance: 'saml-idp',
  resumePath: '/saml/idp/continue?pending=x',
  state: '{}',
  parkedAt: 1,
};
const isRead = (changes: object) => pendingLoginRecord.safeParse({ ...record, ...changes }).success;

describe('a pending login', () => {
  it('is read as it was written', () => {
    expect(pendingLoginRecord.parse(record)).toEqual(record);
  });

  it('may name the application', () => {
    expect(pendingLoginRecord.parse({ ...record, application: 'Shop' }).application).toBe('Shop');
  });

  it.each([0, 1, 3, '2', undefined])('of version %j is refused', (version) => {
    expect(isRead({ version })).toBe(false);
  });

  it.each(['/', '/a//b', '/login/%2F%2Fhost'])('may go on to %j', (resumePath) => {
    expect(isRead({ resumePath })).toBe(true);
  });

  it.each([
    ['another host', '//evil.example/'],
    ['another host in a browser', '/\\evil.example/'],
    ['a backslash', '/a\\b'],
    ['another origin', 'https://evil.example/'],
    ['a script', 'javascript:alert(1)'],
    ['a relative path', 'a'],
    ['nothing', ''],
    ['a tab that a browser drops', '/\t/evil.example/'],
    ['a line break', '/a\r\nSet-Cookie: x=y'],
    ['a blank', '/a b'],
  ])('may not go on to %s', (_, resumePath) => {
    expect(isRead({ resumePath })).toBe(false);
  });
});
