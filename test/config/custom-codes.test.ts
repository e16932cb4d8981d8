import { expect, it } from 'vitest';
import { customCodes, maxCustomModules, writtenCodes } from '../../src/config/custom-codes.ts';

const isKnown = (code: string) => code === 'Identity' || code === 'simple';

function codesOf(codes: readonly string[]): readonly string[] {
  const stack = codes.map((code) => ({ code, flag: 'required' }));
  const text = JSON.stringify({ 'security-domains': { d: { authentication: stack } } });
  return customCodes(writtenCodes(text).loginModules, isKnown);
}

it('are files and names of packages, each once', () => {
  const codes = ['./a.ts', '/opt/b.mjs', '../c.ts', 'package', '@scope/package', 'package/sub/Path.js', './a.ts'];
  expect(codesOf(codes)).toEqual([...new Set(codes)]);
});

it.each(['Identity', 'simple', 'UserRoles', 'org.acme.LoginModule', 'a b', '@scope', 'file:///x.ts', 'node:fs', ''])(
  'are not %j',
  (code) => {
    expect(codesOf([code])).toEqual([]);
  },
);

it('are no more than may be loaded', () => {
  const many = Array.from({ length: maxCustomModules + 1 }, (_, index) => `./module-${index}.ts`);
  expect(codesOf(many)).toHaveLength(maxCustomModules);
});

it.each([
  '',
  '[',
  'security-domains: 5',
  'security-domains: { d: [] }',
  'security-domains: { d: { authentication: [5, {code: 7}] } }',
])('are none in %j', (text) => {
  expect(Object.values(writtenCodes(text)).flat()).toEqual([]);
});

it('are found in every list that there is', () => {
  const text = `
audit: [{ code: File }]
security-domains:
  a: { authentication: [{ code: Simple }], mapping: [{ code: M }], authorization: [{ code: Z }], audit: [{ code: Log }] }
  b: { authentication-jaspi: { login-module-stacks: { s: [{ code: Ldap }, { code: Simple }] } } }
`;
  expect(writtenCodes(text)).toEqual({
    loginModules: ['Simple', 'Ldap'],
    mappers: ['M'],
    authorizationModules: ['Z'],
    auditProviders: ['File', 'Log'],
  });
});
