import { expect, it } from 'vitest';
import type { SecretSources } from '../../src/config/secrets.ts';
import { complaints, load } from './example-catalog.ts';

const environment = {
  NAME: 'node9',
  PORT: '8123',
  HOST: 'sso',
  SECRET: 'hunter2-very-secret',
  YES: 'true',
  CODE: 'UsersRole',
};
const readSecretFile = (path: string) =>
  path === 'secrets/name' ? { text: 'node8\n' } : { problem: 'there is no such file' };
const sources: SecretSources = {
  environment,
  readSecretFile,
  readVault: ({ block, attribute }) =>
    block === 'ds' && attribute === 'password' ? { text: 'vaulted9' } : { problem: 'the vault has no such thing' },
  readSecretCommand: (name) => (name === 'pass' ? { text: 'printed9' } : { problem: 'there is none' }),
};
const advice = `write \${env:NAME}, \${file:path}, \${command:name} or \${VAULT::block::attribute::1}, or $\${ for the two characters themselves`;

function configuration(text: string) {
  const result = load(text, sources);
  return result.status === 'loaded' ? result.configuration : result.problems;
}

const domain = (options: string) =>
  `security-domains:\n  d:\n    authentication:\n      - code: UsersRoles\n        flag: required\n        module-options: ${options}\n`;

it('fills in a value from the environment', () => {
  expect(configuration(`node: \${env:NAME}`)).toMatchObject({ node: 'node9' });
});

it('fills in a value from a file, without its last line feed', () => {
  expect(configuration(`node: \${file:secrets/name}`)).toMatchObject({ node: 'node8' });
});

it('fills in secrets inside text, more than one', () => {
  expect(configuration(`public-url: "http://\${env:HOST}:\${env:PORT}"`)).toMatchObject({
    publicUrl: 'http://sso:8123',
  });
});

it('takes the text of a secret for a number where a number belongs', () => {
  expect(configuration(`ports: { http: "\${env:PORT}" }`)).toMatchObject({ ports: { http: 8123 } });
});

it('takes the text of a secret for a truth value in module options', () => {
  const text = domain(`{ strict: "\${env:YES}" }`);
  expect(configuration(text)).toMatchObject({ securityDomains: [{ authentication: [{ options: { strict: true } }] }] });
});

it('does not take text that is written down for a number', () => {
  expect(complaints('ports: { http: "8123" }')).toEqual(['1:16 ports.http must be a number, not text']);
});

it('leaves text from a secret as text where text belongs', () => {
  expect(configuration(`node: "\${env:PORT}"`)).toMatchObject({ node: '8123' });
});

it('does not look for secrets inside a secret', () => {
  const nested = { environment: { A: `\${env:B}`, B: 'b' }, readSecretFile };
  expect(complaints(`public-url: "\${env:A}"`, nested)).toHaveLength(1);
});

it('writes the two characters for a doubled dollar sign', () => {
  expect(configuration(domain(`{ usersProperties: "$\${env:NAME}" }`))).toMatchObject({
    securityDomains: [{ authentication: [{ options: { usersProperties: `\${env:NAME}` } }] }],
  });
});

it.each([
  [`\${env:NOPE}`, 'the environment variable NOPE is not set'],
  [`\${env:}`, '"" is not the name of an environment variable'],
  [`\${env:__proto__}`, 'the environment variable __proto__ is not set'],
  [`\${env:toString}`, 'the environment variable toString is not set'],
  [`\${file:nope}`, 'the secret file "nope" cannot be used: there is no such file'],
  [`\${file:}`, 'the secret file "" cannot be used: no path'],
  [`\${VAULT::block::attribute::1}`, 'the vault has no such thing'],
  [`\${VAULT::block::1}`, `"VAULT::block::1" is not a reference to the vault; write \${VAULT::block::attribute::1}`],
  [`\${vault::block::attribute::1}`, `"\${vault::block::attribute::1}" is not known; ${advice}`],
  [`\${command:nope}`, 'the command "nope" gave no secret: there is none'],
  ['VAULT::ds::password::1', `is a reference to the vault; write \${VAULT::ds::password::1}`],
  [`\${jboss.node.name}`, `"\${jboss.node.name}" is not known; ${advice}`],
  [`\${env:NAME`, `"\${" is not closed; ${advice}`],
])('says with its line what is wrong with %s, and says it once', (value, message) => {
  expect(complaints(`# first\nnode: "${value}"\n`, sources)).toEqual([`2:7 node ${message}`]);
});

it('fills in a value of the vault, alone and inside text', () => {
  expect(configuration(`node: "\${VAULT::ds::password::1}"`)).toMatchObject({ node: 'vaulted9' });
  expect(configuration(`public-url: "http://\${VAULT::ds::password::1}:\${env:PORT}"`)).toMatchObject({
    publicUrl: 'http://vaulted9:8123',
  });
});

it('fills in what a command has printed', () => {
  expect(configuration(`node: "\${command:pass}"`)).toMatchObject({ node: 'printed9' });
});

it('takes a bare reference to the vault in module options, as JBoss does', () => {
  const options = { usersProperties: 'vaulted9' };
  expect(configuration(domain('{ usersProperties: "VAULT::ds::password::1" }'))).toMatchObject({
    securityDomains: [{ authentication: [{ options }] }],
  });
  expect(complaints(domain('{ usersProperties: "VAULT::ds" }'), sources)).toHaveLength(1);
});

it('says of every reference that it cannot be asked where nothing was opened', () => {
  expect(complaints(`node: "\${VAULT::a::b::1}"`)).toEqual(['1:7 node the vault cannot be asked here']);
  expect(complaints(`node: "\${command:a}"`)).toEqual([
    '1:7 node the command "a" gave no secret: commands cannot be asked here',
  ]);
});

it.each([
  ['a value that breaks a rule', `node: "\${env:SECRET} !"`],
  ['a value that is none of those allowed', domain(`{ password-stacking: "\${env:SECRET}" }`)],
  ['a value that its schema quotes', domain(`{ picky: "\${env:SECRET}" }`)],
  ['a name of another part', `saml-idp: { security-domain: "\${env:SECRET}", mechanisms: [FORM] }`],
  ['a code', `audit: [ { code: "\${env:SECRET}" } ]`],
  ['a mechanism', `saml-idp: { security-domain: d, mechanisms: ["\${env:SECRET}"] }`],
  ['a number', `ports: { http: "\${env:SECRET}" }`],
  [
    'two partners',
    `saml-idp: { security-domain: d, mechanisms: [FORM], partners: [{ metadata: "\${env:SECRET}" }, { metadata: "\${env:SECRET}" }] }`,
  ],
])('never shows a secret: %s', (_, text) => {
  const found = complaints(text, sources).join('\n');
  expect(found).not.toBe('');
  expect(found).not.toContain('hunter2');
});

it('suggests nothing for a name that came from a secret', () => {
  expect(
    complaints(`security-domains: { d: { authentication: [ { flag: required, code: "\${env:CODE}" } ] } }`, sources),
  ).toEqual([
    '1:68 security-domains.d.authentication[0].code unknown login module (known: UsersRoles, RealmDirect, Remoting)',
  ]);
});
