/** @module Keys of the vault as text. */
import { expect, it } from 'vitest';
import { formatVaultKeys, parseVaultKeys, vaultKeyOf } from '../../../src/wire/vault/keys.ts';

const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index));

function keysOf(text: string) {
  const parsed = parseVaultKeys(text);
  return 'keys' in parsed ? parsed.keys.map((key) => Buffer.from(key.bytes.reveal()).toString('hex')) : parsed.problem;
}

it.each([
  ['base64', bytes.toString('base64')],
  ['base64 with a line feed', `${bytes.toString('base64')}\n`],
  ['base64 for URLs', bytes.toString('base64url')],
  ['hexadecimal digits', bytes.toString('hex')],
])('reads a key in %s', (_, text) => {
  expect(keysOf(text)).toEqual([bytes.toString('hex')]);
});

it('reads several keys in their order', () => {
  const other = Buffer.alloc(32, 7);
  expect(keysOf(`${other.toString('hex')} ${bytes.toString('base64')}`)).toEqual([
    other.toString('hex'),
    bytes.toString('hex'),
  ]);
});

it('reads what it has written', () => {
  const keys = [vaultKeyOf(bytes), vaultKeyOf(Buffer.alloc(32, 7))];
  const parsed = parseVaultKeys(formatVaultKeys(keys).reveal());
  expect('keys' in parsed && parsed.keys.map(({ id }) => id)).toEqual(keys.map(({ id }) => id));
});

it.each([
  ['nothing', '', 'it is empty'],
  ['white space', ' \n ', 'it is empty'],
  ['too many', `${bytes.toString('hex')} `.repeat(9), 'it holds more than 8 words'],
])('refuses %s', (_, text, problem) => {
  expect(keysOf(text)).toBe(problem);
});

it.each([
  ['a password', 'correct-horse'],
  ['too few bytes', bytes.subarray(1).toString('base64')],
  ['too many bytes', Buffer.alloc(33).toString('base64')],
  ['one good and one bad', `${bytes.toString('base64')} hunter2`],
])('refuses %s without quoting it', (_, text) => {
  expect(keysOf(text)).toBe('it is not a key: 32 random bytes in base64, as "openssl rand -base64 32" makes them');
});

it('names a key by what tells nothing about it', () => {
  const { id } = vaultKeyOf(bytes);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(bytes.toString('hex')).not.toContain(id);
  expect(vaultKeyOf(Buffer.alloc(32)).id).not.toBe(id);
});
