import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { buildReference } from '../../scripts/generate-reference.ts';
import { publicUrlFor } from '../../src/config/configuration.ts';
import { entrySchema, jsonSchemaOf, type SchemaNode } from '../../src/config/json-schema.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import { complaints } from './example-catalog.ts';

function walk(node: SchemaNode, path: string): readonly (readonly [string, SchemaNode])[] {
  const inside = entrySchema(node);
  return [
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
      [`${path}.${key}`, child] as const,
      ...walk(child, `${path}.${key}`),
    ]),
    ...(inside === undefined ? [] : walk(inside, `${path}.*`)),
  ];
}

const all = walk(jsonSchemaOf(configurationSchema), '');

describe.each(all)('the setting %s', (path, node) => {
  it('is described', () => expect(node.description ?? '').toMatch(/\.$/));
  it('is in kebab case', () => expect(path.split('.').at(-1)).toMatch(/^[a-z]+(?:-[a-z]+)*$/));
  it('has bounds when it is a number', () => {
    const bounded = node.type !== 'integer' || (node.minimum !== undefined && (node.maximum ?? 1e15) < 1e10);
    expect(bounded).toBe(true);
  });
  it('is strict when it is a table', () => {
    expect(node.properties === undefined || node.additionalProperties === false).toBe(true);
  });
});

it.each(await buildReference())('$path is what the schema says now', async ({ path, text }) => {
  expect(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
});

const domains = 'security-domains: { d: { authentication: [ { code: Remoting, flag: required } ] } }\n';
const application = (rest: string) =>
  `${domains}applications: { a: { security-domain: d, mechanisms: [FORM], upstream: "http://127.0.0.1:1", ${rest} } }`;

describe('refused values', () => {
  it.each([
    ['public-url: http://sso/path'],
    ['public-url: http://user@sso'],
    ['public-url: "http://sso?"'],
    ['public-url: ftp://sso'],
    ['bind: { public: example.com }'],
    ['trusted-proxies: [10.0.0.0/33]'],
    ['trusted-proxies: ["::/129"]'],
    ['trusted-proxies: [10.0.0.0/]'],
    ['trusted-proxies: [all]'],
    ['host-names: [-a]'],
    ['node: a.b'],
    ['ports: { http: -1 }'],
    ['ports: { http: 1.5 }'],
    ['ports: { http: .nan }'],
    ['sessions: { idle-seconds: 0 }'],
    ['sessions: { cookie-name: "a b" }'],
    ['login: { module-deadline-ms: 60001 }'],
    ['security-domains: { "a b": { authentication: [ { code: Remoting, flag: required } ] } }'],
    ['security-domains: { d: { authentication: [] } }'],
    ['security-realms: { r: { authentication: [ { properties: { path: a } }, { properties: { path: b } } ] } }'],
    [application('context-path: a')],
    [application('context-path: /a/')],
    [application('context-path: /a/../b')],
    [application('context-path: /a%2fb')],
    [application('constraints: [ { path: secure, roles: [] } ]')],
    [application('constraints: [ { path: /a/../b, roles: [] } ]')],
    [application('constraints: [ { path: /a*b, roles: [] } ]')],
    [application('constraints: [ { path: /a, roles: [], methods: [get] } ]')],
    [application('constraints: [ { path: /a } ]')],
    [`${domains}saml-idp: { security-domain: d, mechanisms: [] }`],
    [`${domains}saml-idp: { security-domain: d, mechanisms: [FORM], signing: { algorithm: rsa-sha1 } }`],
  ])('%s', (text) => expect(complaints(text)).toHaveLength(1));
});

describe('accepted values', () => {
  it.each([
    ['public-url: "http://[::1]:8080"'],
    ['bind: { public: "::" }'],
    ['trusted-proxies: [10.0.0.0/8, 192.168.1.1, "fd00::/8"]'],
    [application('context-path: /a/b.c')],
    [
      application(
        'constraints: [ { path: "*.do", roles: ["*"] }, { path: /, roles: ["**"] }, { path: /*, roles: [] } ]',
      ),
    ],
  ])('%s', (text) => expect(complaints(text)).toEqual([]));
});

describe('the public URL that follows from addresses and ports', () => {
  const ports = { http: 0, https: 0, managementHttp: 0, managementHttps: 0 };
  const bind = (address: string) => ({ bind: { public: address, management: '127.0.0.1' }, ports });
  const tls = { certificate: 'c', key: 'k', clientCertificates: 'none', place: { file: 'f', line: 1 } } as const;

  it.each([
    ['127.0.0.1', 'http://localhost:8080'],
    ['0.0.0.0', 'http://localhost:8080'],
    ['::', 'http://localhost:8080'],
    ['10.1.2.3', 'http://10.1.2.3:8080'],
    ['fd00::1', 'http://[fd00::1]:8080'],
  ])('on %s is %s', (address, url) => expect(publicUrlFor(bind(address), { http: 8080 })).toBe(url));
  it('leaves out the usual port', () => expect(publicUrlFor(bind('10.1.2.3'), { http: 80 })).toBe('http://10.1.2.3'));
  it('is HTTPS where there is a key pair', () => {
    expect(publicUrlFor({ ...bind('::1'), tls }, { http: 8080, https: 8443 })).toBe('https://localhost:8443');
  });
  it('is what is configured, if anything is', () => {
    expect(publicUrlFor({ ...bind('::1'), publicUrl: 'https://sso' }, { http: 8080 })).toBe('https://sso');
  });
});
