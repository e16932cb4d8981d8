/** @module Which sources of secrets a text needs. */
import { expect, it } from 'vitest';
import { secretSettingsIn } from '../../src/config/secret-settings.ts';

const settings = (text: string) =>
  secretSettingsIn(text, { environment: { KEY_FILE: 'elsewhere.key' }, readSecretFile: () => ({ problem: 'none' }) });

it('has a key file in the home where nothing is said', () => {
  expect(settings('node: a')).toEqual({
    vaultKey: { kind: 'file', path: 'data/keys/vault.key' },
    needsVault: false,
    commands: new Map(),
  });
});

it.each([
  ['{ file: /run/vault.key }', { kind: 'file', path: '/run/vault.key' }],
  [`{ file: "\${env:KEY_FILE}" }`, { kind: 'file', path: 'elsewhere.key' }],
  ['{ environment: VAULT_KEY }', { kind: 'environment', name: 'VAULT_KEY' }],
  ['{ command: [pass, show] }', { kind: 'command', argv: ['pass', 'show'], timeoutMs: 5000 }],
  ['{ command: [pass], timeout-ms: 20 }', { kind: 'command', argv: ['pass'], timeoutMs: 20 }],
])('has the key of %s', (key, expected) => {
  expect(settings(`vault: { key: ${key} }`).vaultKey).toEqual(expected);
});

it.each(['{}', '{ key: {} }', '{ key: { file: a, environment: B } }', '{ key: { command: [] } }', '[]', 'a'])(
  'has no key of %s, which the check refuses',
  (section) => {
    expect(settings(`vault: ${section}`).vaultKey).toBeUndefined();
  },
);

it.each([`a: { b: [ "x\${VAULT::a::b::1}" ] }`, 'a: VAULT::a::b::1', 'a: "VAULT::"'])(
  'needs the vault for %s',
  (text) => {
    expect(settings(text).needsVault).toBe(true);
  },
);

it('needs no vault for a comment', () => {
  expect(settings(`node: a # \${VAULT::a::b::1}`).needsVault).toBe(false);
});

it('asks only those commands that are referred to', () => {
  const text = `secret-commands: { a: { run: [/bin/a, x] }, b: { run: [/bin/b] } }\nnode: "\${command:a}\${command:c}"`;
  expect(settings(text).commands).toEqual(new Map([['a', { argv: ['/bin/a', 'x'], timeoutMs: 5000 }]]));
});

it('needs nothing for what is not YAML', () => {
  expect(settings(`{{{ \${VAULT::a::b::1}`)).toMatchObject({ needsVault: false, commands: new Map() });
});
