/** @module References to the vault and the names in them. */
import { expect, it } from 'vitest';
import {
  bareVaultReference,
  parseVaultReference,
  vaultKey,
  vaultNameOf,
  vaultNameProblem,
  vaultReference,
} from '../../src/spi/vault-reference.ts';

const name = { block: 'ds_users', attribute: 'the password' };

it('writes the reference that vault.sh prints, in the braces of an expression', () => {
  expect(vaultReference(name)).toBe(`\${VAULT::ds_users::the password::1}`);
});

it('reads what it has written', () => {
  expect(parseVaultReference(bareVaultReference(name))).toEqual(name);
  expect(vaultNameOf(vaultKey(name))).toEqual(name);
});

it('disregards the last field, which was the shared key of JBoss', () => {
  expect(parseVaultReference('VAULT::ds_users::the password::N2NhZDYzOTMtNWE0OS00ZGQ0')).toEqual(name);
});

it.each([
  '',
  'VAULT',
  'VAULT::a',
  'VAULT::a::b',
  'VAULT::a::b::1::2',
  'VAULT::::b::1',
  'VAULT::a::::1',
  'VAULT::a::b::c:d',
  'VAULT:::a::b::1',
  'vault::a::b::1',
  ' VAULT::a::b::1',
])('takes %j for no reference', (text) => {
  expect(parseVaultReference(text)).toBeUndefined();
});

it.each([
  ['', 'must not be empty'],
  ['a:b', 'must not contain a colon or a brace: they end a name in a reference'],
  ['a}b', 'must not contain a colon or a brace: they end a name in a reference'],
  ['a{b', 'must not contain a colon or a brace: they end a name in a reference'],
  ['a\nb', 'must not contain control characters, nor begin or end with a space'],
  ['a\u202eb', 'must not contain control characters, nor begin or end with a space'],
  [' a', 'must not contain control characters, nor begin or end with a space'],
  ['a'.repeat(129), 'must have at most 128 characters'],
])('refuses the name %j', (text, problem) => {
  expect(vaultNameProblem(text)).toBe(problem);
});

it.each(['a', 'java:/DefaultDS'.replace(':', '_'), 'ünïcode €', 'a'.repeat(128), '__proto__'])(
  'takes the name %j',
  (text) => {
    expect(vaultNameProblem(text)).toBeUndefined();
  },
);
