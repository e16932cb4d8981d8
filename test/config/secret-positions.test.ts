/** @module A value of the vault in the place of every single value of a large configuration: no problem ever quotes it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/config/load.ts';
import { formatProblems, type Path } from '../../src/config/problem.ts';
import { projectRoot } from '../architecture/planted-tree.ts';
import { catalog } from '../support/whole-catalog.ts';

/** One wherever text is right, one wherever only short names are, one that is a number of no use. */
const planted = ['planted Kestrel/5150 !', 'planted-Kestrel-5150', '987654321987'];
const reference = `\${VAULT::block::planted::1}`;

const examples = readdirSync(join(projectRoot, 'examples'), { withFileTypes: true })
  .filter((entry) => existsSync(join(projectRoot, 'examples', entry.name, 'gatehouse.yaml')))
  .map(({ name }) => name);

function leaves(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keyed: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value);
  return keyed.flatMap(([key, item]) => leaves(item, [...path, key]));
}

function withPlanted(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return reference;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? withPlanted(item, rest) : item));
  return { ...(value as object), [key]: withPlanted((value as Record<string, unknown>)[String(key)], rest) };
}

function load(document: unknown, text: string) {
  return loadConfiguration({
    text: JSON.stringify(document),
    file: 'gatehouse.yaml',
    catalog,
    environment: new Proxy(
      {},
      { get: () => 'env', getOwnPropertyDescriptor: () => ({ configurable: true, value: 'env' }) },
    ),
    readSecretFile: () => ({ text: 'file' }),
    readVault: () => ({ text }),
    readSecretCommand: () => ({ text: 'command' }),
  });
}

const everything = {
  bind: { public: '127.0.0.1' },
  ports: { http: 1 },
  'trusted-proxies': ['10.0.0.0/8'],
  tls: { certificate: 'a.crt', key: 'a.key', 'client-certificates': 'optional', truststore: 't' },
  truststores: { t: { certificates: ['a.pem'] } },
  datasources: {
    users: { product: 'postgresql', host: 'db', database: 'users', user: 'u', password: 'p', 'pool-size': 3 },
  },
  'security-realms': {
    R: { authentication: [{ properties: { path: 'a' } }], authorization: { properties: { path: 'b' } } },
  },
  'security-domains': {
    d: {
      'lock-out': { attempts: 3 },
      authentication: [
        {
          code: 'SimpleUsers',
          flag: 'required',
          name: 'one',
          'deadline-ms': 50,
          'module-options': { eric: 'x', hashAlgorithm: 'SHA-256' },
        },
        {
          code: 'LdapExtended',
          flag: 'required',
          'module-options': {
            'java.naming.provider.url': 'ldap://a',
            bindDN: 'cn=a',
            bindCredential: 'x',
            baseCtxDN: 'dc=a',
            baseFilter: '(uid={0})',
            rolesCtxDN: 'dc=a',
            roleFilter: '(member={1})',
            searchTimeLimit: '5',
            'java.naming.referral': 'ignore',
            roleRecursion: '2',
            parseUsername: 'true',
          },
        },
        {
          code: 'RealmDirect',
          flag: 'required',
          'module-options': { realm: 'R', 'password-stacking': 'useFirstPass' },
        },
      ],
      audit: [{ code: 'File', options: { path: 'x.jsonl' } }],
    },
  },
  applications: {
    a: {
      'security-domain': 'd',
      mechanisms: ['FORM'],
      'context-path': '/a',
      upstream: 'http://127.0.0.1:1',
      constraints: [{ path: '/x', roles: ['r'], methods: ['GET'], transport: 'confidential' }],
    },
    b: {
      'security-domain': 'd',
      mechanisms: ['FORM'],
      'context-path': '/b',
      upstream: 'http://127.0.0.1:1',
      constraints: [],
    },
  },
  'saml-idp': {
    'entity-id': 'https://a',
    'security-domain': 'd',
    mechanisms: ['FORM'],
    partners: [{ metadata: 'a.xml', name: 'A', sign: 'both' }],
  },
};

const documents: readonly (readonly [string, unknown])[] = [
  ['a configuration with everything', everything],
  ...examples.map((name): readonly [string, unknown] => [
    name,
    parse(readFileSync(join(projectRoot, 'examples', name, 'gatehouse.yaml'), 'utf8')),
  ]),
];

describe.each(documents)('in %s', (_, document) => {
  it.each(planted)('no problem quotes %j, wherever it stands', (text) => {
    const quoting = leaves(document).flatMap((path) => {
      const result = load(withPlanted(document, path), text);
      const said =
        result.status === 'refused' ? `${formatProblems(result.problems)}\n${JSON.stringify(result.problems)}` : '';
      return said.includes(text) ? [`${path.join('.')}: ${said}`] : [];
    });
    expect(quoting).toEqual([]);
  });
});

it('reads the large configuration at all, so that what is planted is what is wrong', () => {
  const result = load(everything, 'x');
  expect(result.status === 'refused' ? result.problems : []).toEqual([]);
});
