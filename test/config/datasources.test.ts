/** @module The datasources of gatehouse.yaml: addresses, TLS, secrets, and the modules that name them. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfiguration } from '../../src/config/load.ts';
import type { SecretSources } from '../../src/config/secrets.ts';
import { datasourceNameOf } from '../../src/spi/datasource.ts';
import { exampleCatalog } from './example-catalog.ts';

const database = {
  code: 'Database',
  options: z.strictObject({ datasource: z.string().optional(), dsJndiName: z.string().optional() }),
};

function load(text: string, sources: Partial<SecretSources> = {}) {
  return loadConfiguration({
    text,
    file: 'gatehouse.yaml',
    environment: { PW: 'NEVER-SHOWN' },
    readSecretFile: () => ({ problem: 'no such file' }),
    catalog: {
      ...exampleCatalog,
      loginModules: {
        ...exampleCatalog.loginModules,
        find: (code) => (code === 'Database' ? database : exampleCatalog.loginModules.find(code)),
      },
    },
    ...sources,
  });
}

function datasource(settings: string) {
  const result = load(`datasources: { d: ${settings} }`);
  if (result.status === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.configuration.datasources[0];
}

function complaints(text: string) {
  const result = load(text);
  return result.status === 'loaded' ? [] : result.problems.map(({ path, message }) => `${path} ${message}`);
}

describe('a datasource', () => {
  it('has a name, an address, an account and limits', () => {
    const settings = `{ product: postgresql, host: localhost, database: users, user: gh, password: "\${env:PW}" }`;
    expect(datasource(settings)).toMatchObject({
      name: 'd',
      database: { product: 'postgresql', host: 'localhost', port: 5432, database: 'users', user: 'gh', poolSize: 10 },
      connectTimeoutMs: 2000,
      statementTimeoutMs: 3000,
      maxRows: 1000,
    });
  });

  it('keeps its password to itself', () => {
    const settings = `{ product: mariadb, host: localhost, database: users, user: gh, password: "\${env:PW}" }`;
    expect(inspect(datasource(settings), { depth: 9 })).not.toContain('NEVER-SHOWN');
  });

  it.each([
    ['postgresql://h.example:5433/users', { host: 'h.example', port: 5433, database: 'users' }],
    ['jdbc:postgresql://h.example/users', { host: 'h.example', port: 5432, database: 'users' }],
    ['postgres://[::1]/users', { host: '::1', port: 5432, database: 'users' }],
  ])('may have its address as %s', (url, address) => {
    expect(datasource(`{ product: postgresql, url: "${url}", user: gh }`)?.database).toMatchObject(address);
  });

  it('may be a file', () => {
    expect(datasource('{ product: sqlite, file: users.db }')?.database).toEqual({
      product: 'sqlite',
      file: 'users.db',
    });
    expect(datasource('{ product: sqlite, url: "sqlite:data/users.db" }')?.database).toMatchObject({
      file: 'data/users.db',
    });
  });

  it.each([
    ['localhost', '', undefined],
    ['127.0.0.1', '', undefined],
    ['db.example.com', '', { mode: 'verify-full' }],
    ['localhost', 'tls: {}', { mode: 'verify-full' }],
    ['db.example.com', 'tls: { mode: verify-ca, ca: ca.pem }', { mode: 'verify-ca', ca: 'ca.pem' }],
    ['db.example.com', 'tls: { mode: disable }', undefined],
  ])('on %s with %j has TLS as %j', (host, tls, expected) => {
    const found = datasource(`{ product: mariadb, host: ${host}, database: d, user: u, ${tls} }`)?.database;
    expect(found !== undefined && 'tls' in found ? found.tls : undefined).toEqual(expected);
  });

  it.each([
    ['{ product: oracle }', 'datasources.d.product must be one of postgresql, mariadb, sqlite'],
    ['{ product: postgresql, user: u }', 'datasources.d needs url, or host and database'],
    ['{ product: postgresql, host: localhost, database: d }', 'datasources.d needs user'],
    ['{ product: sqlite }', 'datasources.d needs file'],
    ['{ product: sqlite, file: f, user: u }', 'datasources.d.user has no meaning for sqlite'],
    [
      '{ product: mariadb, file: f, host: localhost, database: d, user: u }',
      'datasources.d.file has no meaning for mariadb',
    ],
    [
      '{ product: mariadb, url: "mariadb://localhost/d", port: 1, user: u }',
      'datasources.d.port is part of url already',
    ],
    ['{ product: mariadb, url: "postgresql://localhost/d", user: u }', 'datasources.d.url must begin with mariadb://'],
    [
      '{ product: mariadb, url: "mariadb://u:p@localhost/d", user: u }',
      'datasources.d.url must not hold user or password: they have settings of their own',
    ],
    [
      '{ product: mariadb, url: "mariadb://localhost/d?ssl=false", user: u }',
      'datasources.d.url must not hold parameters: they have settings of their own',
    ],
    [
      '{ product: postgresql, host: localhost, database: d, user: u, tls: { mode: disable, ca: x } }',
      'datasources.d.tls.ca has no meaning with mode disable',
    ],
    [
      '{ product: postgresql, host: localhost, database: d, user: u, pasword: x }',
      'datasources.d.pasword unknown name; did you mean "password"?',
    ],
  ])('%s is refused', (settings, complaint) => {
    expect(complaints(`datasources: { d: ${settings} }`)).toEqual([complaint]);
  });

  it('of mariadb has a name where the host name is to be checked', () => {
    expect(
      complaints('datasources: { d: { product: mariadb, host: 10.1.2.3, database: d, user: u } }').join(),
    ).toContain('datasources.d.host must be a host name');
  });

  it.each(['mariadb://localhost/d%zz', 'mariadb://', 'mariadb:', 'mariadb://a b/c', 'mariadb://localhost/a/b'])(
    'at %s is refused',
    (url) => {
      expect(complaints(`datasources: { d: { product: mariadb, url: "${url}", user: u } }`)).toHaveLength(1);
    },
  );

  it('shares its names with no other', () => {
    const sqlite = (more: string) => `{ product: sqlite, file: f${more} }`;
    const text = `datasources: { a: ${sqlite(', jndi-name: "java:/b"')}, b: ${sqlite('')}, c: ${sqlite(', jndi-name: "java:/X"')}, e: ${sqlite(', jndi-name: "java:jboss/datasources/X"')} }`;
    expect(complaints(text)).toEqual([
      'datasources.a.jndi-name is the name of the datasource "b"',
      'datasources.e.jndi-name is the name of the datasource "c"',
    ]);
  });
});

describe('the datasource of a module', () => {
  const users = 'datasources: { users: { product: sqlite, file: f, jndi-name: "java:jboss/datasources/UsersDS" } }\n';
  const module = (options: string) =>
    `security-domains: { d: { authentication: [ { code: Database, flag: required, module-options: {${options}} } ] } }`;

  it.each([
    'datasource: users',
    'datasource: UsersDS',
    'dsJndiName: "java:/UsersDS"',
    'dsJndiName: "java:jboss/datasources/users"',
  ])('is found by %s', (options) => {
    expect(complaints(users + module(options))).toEqual([]);
  });

  it('must exist', () => {
    expect(complaints(users + module('datasource: usrs'))).toEqual([
      'security-domains.d.authentication[0].module-options.datasource unknown datasource "usrs"; did you mean "users"?',
    ]);
    expect(complaints(users + module('dsJndiName: "java:/Other"'))).toEqual([
      'security-domains.d.authentication[0].module-options.dsJndiName unknown datasource "java:/Other" (known: users, UsersDS)',
    ]);
  });

  it("is JBoss's default where none is named", () => {
    expect(complaints(users + module('')).join()).toContain('there is no datasource "java:/DefaultDS", the default');
    expect(complaints(users.replace('UsersDS', 'DefaultDS') + module(''))).toEqual([]);
  });
});

it.each([
  ['java:/DefaultDS', 'DefaultDS'],
  ['java:jboss/datasources/DefaultDS', 'DefaultDS'],
  ['DefaultDS', 'DefaultDS'],
])('the JNDI name %s stands for %s', (jndiName, name) => {
  expect(datasourceNameOf(jndiName)).toBe(name);
});
