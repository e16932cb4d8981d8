import { describe, expect, it } from 'vitest';
import { formatProblems } from '../../src/config/problem.ts';
import { complaints, load } from './example-catalog.ts';

const whole = `node: node7
public-url: https://Sso.Example.com:443/
host-names: [sso]
bind: { public: 0.0.0.0 }
ports: { http: 0 }
tls: { certificate: server.crt, key: data/keys/server.key }
trusted-proxies: [10.0.0.0/8, "::1"]
sessions: { idle-seconds: 60 }
security-realms:
  ApplicationRealm:
    authentication: [ { properties: { path: application-users.properties } } ]
    authorization: { properties: { path: application-roles.properties }, map-groups-to-roles: false }
  Bare: { authentication: [ { properties: { path: bare.properties, plain-text: true } } ] }
security-domains:
  other:
    authentication:
      - { code: remoting, flag: optional, module-options: { password-stacking: useFirstPass } }
      - { code: REALMDIRECT, flag: required, deadline-ms: 900 }
      - { code: org.jboss.security.auth.spi.UsersRolesLoginModule, flag: sufficient, name: files }
      - { code: UsersRoles, flag: sufficient }
      - { code: UsersRoles, flag: sufficient }
    audit: [ { code: file, options: { path: other.jsonl } } ]
  plain: { authentication: [ { code: UsersRoles, flag: required } ] }
applications:
  sampleApp1:
    security-domain: other
    mechanisms: [basic, FORM]
    upstream: http://127.0.0.1:9001
    constraints:
      - { path: /secure/*, roles: [sample], methods: [GET], transport: confidential }
      - { path: '*.do', roles: [] }
saml-idp:
  security-domain: plain
  mechanisms: [form]
  partners:
    - metadata: a.xml
    - { metadata: b.xml, name: B, sign: both, require-signed-requests: true, name-id-format: transient, role-attribute: roles }
audit: [ { code: File } ]
`;

function loaded(text: string) {
  const result = load(text);
  if (result.status !== 'loaded') {
    throw new Error(formatProblems(result.problems));
  }
  return result;
}

describe('a whole configuration', () => {
  const { configuration, revision } = loaded(whole);

  it('has the first twelve digits of its SHA-256 as revision', () => {
    expect(revision).toMatch(/^[0-9a-f]{12}$/);
    expect(loaded(`${whole}\n`).revision).not.toBe(revision);
  });
  it('keeps the public URL as an origin', () => expect(configuration.publicUrl).toBe('https://sso.example.com'));
  it('fills defaults inside a section that is half written', () => {
    expect(configuration.sessions).toEqual({
      logout: { answerSeconds: 8, giveUpSeconds: 600, onExpiry: 'leave' },
      cookieName: 'GATEHOUSESSO',
      idleSeconds: 60,
      lifetimeSeconds: 36_000,
    });
    expect(configuration.ports).toEqual({ http: 0, https: 8443, managementHttp: 9990, managementHttps: 9993 });
    expect(configuration.bind).toEqual({ public: '0.0.0.0', management: '127.0.0.1' });
  });
  it('locks nobody out where nothing is said, and by the defaults where {} is', () => {
    expect(configuration.securityDomains[0]).not.toHaveProperty('lockOut');
    const domain = '{ lock-out: {}, authentication: [ { code: UsersRoles, flag: required } ] }';
    expect(loaded(`security-domains: { d: ${domain} }`).configuration.securityDomains[0]?.lockOut).toEqual({
      attempts: 5,
      perAddressAttempts: 50,
      windowMs: 300_000,
      lockMs: 300_000,
    });
  });
  it('gives management the key pair of the public side', () => {
    expect(configuration.managementTls).toEqual(configuration.tls);
    expect(configuration.tls).toEqual({
      certificate: 'server.crt',
      key: 'data/keys/server.key',
      clientCertificates: 'none',
      place: { file: 'gatehouse.yaml', line: 6 },
    });
  });
  it('reads realms with and without groups', () => {
    expect(configuration.securityRealms.map(({ name, mapGroupsToRoles }) => [name, mapGroupsToRoles])).toEqual([
      ['ApplicationRealm', false],
      ['Bare', true],
    ]);
    expect(configuration.securityRealms[0]!.authorization!.path).toBe('application-roles.properties');
    expect(configuration.securityRealms[1]!.authentication.plainText).toBe(true);
    expect(configuration.securityRealms[1]).not.toHaveProperty('authorization');
  });
  it('spells module codes as the catalogue does, whatever their case or class name', () => {
    const codes = configuration.securityDomains[0]!.authentication.map(({ code }) => code);
    expect(codes).toEqual(['Remoting', 'RealmDirect', 'UsersRoles', 'UsersRoles', 'UsersRoles']);
  });
  it('names modules after their codes, each once', () => {
    const names = configuration.securityDomains[0]!.authentication.map(({ name }) => name);
    expect(names).toEqual(['Remoting', 'RealmDirect', 'files', 'UsersRoles', 'UsersRoles-2']);
  });
  it('gives a module the deadline of the login where it has none of its own', () => {
    const deadlines = configuration.securityDomains[0]!.authentication.map(({ deadlineMs }) => deadlineMs);
    expect(deadlines).toEqual([5000, 900, 5000, 5000, 5000]);
  });
  it('remembers the line of every module', () => {
    const lines = configuration.securityDomains[0]!.authentication.map(({ place }) => place.line);
    expect(lines).toEqual([17, 18, 19, 20, 21]);
  });
  it('remembers the line of every constraint', () => {
    expect(configuration.applications[0]!.constraints.map(({ place }) => place.line)).toEqual([30, 31]);
  });
  it("gives a domain its own audit list, or the server's", () => {
    expect(configuration.securityDomains[0]!.audit[0]).toMatchObject({
      code: 'File',
      options: { path: 'other.jsonl' },
    });
    expect(configuration.securityDomains[1]!.audit).toBe(configuration.audit);
  });
  it('reads an application', () => {
    expect(configuration.applications[0]).toMatchObject({
      name: 'sampleApp1',
      mechanisms: [{ name: 'BASIC' }, { name: 'FORM' }],
      contextPath: '/sampleApp1',
      upstream: 'http://127.0.0.1:9001',
      constraints: [
        { path: '/secure/*', roles: ['sample'], methods: ['GET'], transport: 'confidential' },
        { path: '*.do', roles: [], transport: 'none' },
      ],
    });
  });
  it('reads the identity provider and its partners', () => {
    expect(configuration.samlIdp).toMatchObject({
      mechanisms: [{ name: 'FORM', options: {} }],
      signing: { key: 'data/keys/idp.key', certificate: 'data/keys/idp.crt', algorithm: 'rsa-sha256' },
      partners: [
        { source: { kind: 'metadata', where: 'a.xml' }, roleAttribute: 'Role' },
        {
          name: 'B',
          sign: 'both',
          requireSignedRequests: true,
          nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
          roleAttribute: 'roles',
        },
      ],
    });
  });
});

it('takes an empty file as all defaults', () => {
  expect(loaded('').configuration.ports.http).toBe(8080);
  expect(loaded('# nothing\n').configuration.samlIdp).toBeUndefined();
});

it('prints a problem as file, place, path and words', () => {
  const result = load(
    'security-domains:\n  other:\n    authentication:\n      - { flag: required, code: UserRoles }\n',
  );
  expect(result.status === 'refused' && formatProblems(result.problems)).toBe(
    'gatehouse.yaml:4:33  security-domains.other.authentication[0].code  unknown login module "UserRoles"; did you mean "UsersRoles"?',
  );
});

it('reports problems of every kind at once, in the order of the file', () => {
  const found = complaints(`nod: x
node: [1]
node: node2
ports: { http: 70000 }
security-realms: { R: { authentication: [ { local: {} } ] } }
security-domains:
  d:
    authentication:
      - { code: UsersRoles, flag: requird, module-options: { userProperties: u } }
      - { code: Database, flag: required }
      - { code: RealmDirect, flag: required, module-options: { realm: r } }
    jsse: []
applications:
  a: { security-domain: e, mechanisms: [FROM], upstream: 'ftp://x', tls: !!str x }
audit: [ { code: "\${env:NOWHERE}" } ]
`);
  expect(found).toEqual([
    '1:1 nod unknown name; did you mean "node"?',
    '2:7 node must be text, not a list',
    '3:1 node the key "node" is written twice',
    '4:16 ports.http must be at most 65535',
    '5:43 security-realms.R.authentication[0].properties is missing',
    '5:45 security-realms.R.authentication[0].local not in this version',
    '9:35 security-domains.d.authentication[0].flag must be one of required, requisite, sufficient, optional; did you mean "required"?',
    '9:62 security-domains.d.authentication[0].module-options.userProperties unknown name; did you mean "usersProperties"?',
    '10:17 security-domains.d.authentication[1].code login module "Database": not in this version',
    '11:71 security-domains.d.authentication[2].module-options.realm unknown security realm "r"; did you mean "R"?',
    '12:5 security-domains.d.jsse not in this version',
    '14:25 applications.a.security-domain unknown security domain "e" (known: d)',
    '14:41 applications.a.mechanisms[0] unknown mechanism "FROM"; did you mean "FORM"?',
    '14:58 applications.a.upstream must be http://, a host and perhaps a port, and no path',
    '14:69 applications.a.tls unknown name (known here: security-domain, mechanisms, context-path, upstream, constraints, role-mapping, saml-sp)',
    '14:80 applications.a.tls tags are not allowed',
    '15:18 audit[0].code the environment variable NOWHERE is not set',
  ]);
});

it('writes out characters that would disturb a terminal', () => {
  const result = load('"a\\e[31m\\u202e": 1');
  expect(result.status === 'refused' && formatProblems(result.problems)).toMatch(/ {2}a\\u\{1b\}\[31m\\u\{202e\} {2}/);
});
