import { describe, expect, it } from 'vitest';
import { complaints, load } from './example-catalog.ts';

const module = (rest: string) => `security-domains:\n  d:\n    authentication:\n      - { flag: required, ${rest} }\n`;
const realm = 'security-realms: { ApplicationRealm: { authentication: [ { properties: { path: u } } ] } }\n';
const domain = 'security-domains: { d: { authentication: [ { code: Remoting, flag: required } ] } }\n';

describe('module codes', () => {
  it('suggests the nearest known code', () => {
    expect(complaints(module('code: RealmDirct'))).toEqual([
      '4:33 security-domains.d.authentication[0].code unknown login module "RealmDirct"; did you mean "RealmDirect"?',
    ]);
  });
  it('lists the known codes when none is near', () => {
    expect(complaints(module('code: Xyzzy')).join()).toContain('"Xyzzy" (known: UsersRoles, RealmDirect, Remoting)');
  });
  it('says of a code of a later version that it is not in this one', () => {
    const result = load(module('code: Database'));
    expect(result).toMatchObject({
      problems: [{ code: 'ERR_NOT_IN_THIS_VERSION', line: 4, message: 'login module "Database": not in this version' }],
    });
  });
});

describe('module options', () => {
  it('are checked by the schema of the module, with the line of the option', () => {
    const text = `security-domains:\n  d:\n    authentication:\n      - code: UsersRoles\n        flag: required\n        module-options:\n          usersProperties: 5\n          rolesProperty: r\n`;
    expect(complaints(text)).toEqual([
      '7:28 security-domains.d.authentication[0].module-options.usersProperties must be text, not a number',
      '8:11 security-domains.d.authentication[0].module-options.rolesProperty unknown name; did you mean "rolesProperties"?',
    ]);
  });
  it('are not checked twice when they are no table', () => {
    expect(complaints(module('code: UsersRoles, module-options: [a]'))).toHaveLength(1);
  });
});

describe('the realm of RealmDirect', () => {
  it('must exist', () => {
    expect(
      complaints(`${realm}${module('code: RealmDirect, module-options: { realm: AplicationRealm }')}`).join(),
    ).toContain('unknown security realm "AplicationRealm"; did you mean "ApplicationRealm"?');
  });
  it('is ApplicationRealm where none is named', () => {
    expect(complaints(`${realm}${module('code: RealmDirect')}`)).toEqual([]);
    expect(complaints(module('code: RealmDirect')).join()).toContain('there is no security realm "ApplicationRealm"');
  });
});

describe('domains and mechanisms', () => {
  it('an unknown domain of an application is reported', () => {
    const text = `${domain}applications: { a: { security-domain: dd, mechanisms: [FORM], upstream: "http://h" } }`;
    expect(complaints(text)).toEqual([
      '2:39 applications.a.security-domain unknown security domain "dd"; did you mean "d"?',
    ]);
  });
  it('an unknown domain of the identity provider is reported', () => {
    expect(complaints('saml-idp: { security-domain: x, mechanisms: [FORM] }')).toEqual([
      '1:30 saml-idp.security-domain unknown security domain "x"',
    ]);
  });
  it('a mechanism of a later version is refused by name', () => {
    expect(complaints(`${domain}saml-idp: { security-domain: d, mechanisms: [SPNEGO, FORM] }`)).toEqual([
      '2:46 saml-idp.mechanisms[0] mechanism "SPNEGO": not in this version',
    ]);
  });
  it('a mechanism cannot be asked twice', () => {
    expect(complaints(`${domain}saml-idp: { security-domain: d, mechanisms: [form, FORM] }`)).toEqual([
      '2:52 saml-idp.mechanisms[1] is named twice',
    ]);
  });
});

it.each([
  ['cluster: {}', 'cluster'],
  ['bind: { private: 10.0.0.1 }', 'bind.private'],
  [
    `security-realms: { r: { server-identities: {}, authentication: [ { properties: { path: u } } ] } }`,
    'security-realms.r.server-identities',
  ],
  [domain.replace('{ authentication', '{ jsse: {}, authentication'), 'security-domains.d.jsse'],
])('%s is refused as not in this version', (text, path) => {
  expect(load(text)).toMatchObject({
    problems: [{ code: 'ERR_NOT_IN_THIS_VERSION', path, message: 'not in this version' }],
  });
});

describe('two things in one place', () => {
  const applications = (a: string, b: string) =>
    `${domain}applications:\n${[a, b].map((rest, i) => `  app${i}: { security-domain: d, mechanisms: [FORM], upstream: "http://h"${rest} }\n`).join('')}`;

  it('two applications under one path', () => {
    expect(complaints(applications(', context-path: /x', ', context-path: /x'))).toEqual([
      '4:87 applications.app1.context-path has the context path of the application "app0"',
    ]);
  });
  it("an application under a path of Gatehouse's own", () => {
    expect(complaints(applications(', context-path: /saml/x', '')).join()).toContain(
      'the path /saml belongs to Gatehouse itself',
    );
  });
  it('two listeners on one port', () => {
    expect(complaints('ports: { http: 9990 }')).toEqual([
      '1:1 ports.management-http is the port of "http" on the same address',
    ]);
  });
  it('but not a listener that is never opened', () => expect(complaints('ports: { http: 8443 }')).toEqual([]));
  it('nor ports that the system chooses', () =>
    expect(complaints('ports: { http: 0, management-http: 0 }')).toEqual([]));
  it('two modules of one name', () => {
    const text =
      'security-domains: { d: { authentication: [ { name: m, code: Remoting, flag: required }, { name: m, code: Remoting, flag: required } ] } }';
    expect(complaints(text)).toEqual([
      '1:97 security-domains.d.authentication[1].name the name "m" is given twice in this domain',
    ]);
  });
  it('one partner listed twice', () => {
    const text = `${domain}saml-idp: { security-domain: d, mechanisms: [FORM], partners: [ { metadata: a.xml }, { metadata: a.xml } ] }`;
    expect(complaints(text).join()).toContain('this partner is listed twice');
  });
});

describe('a constraint without roles', () => {
  const text = (rest: string) =>
    `${domain}applications: { a: { security-domain: d, mechanisms: [FORM], upstream: "http://h", constraints: [ { path: /${rest} } ] } }\npublic-url: https://sso\n`;

  it('is refused when it asks for nothing: the roles were forgotten', () => {
    expect(complaints(text('')).join()).toContain('applications.a.constraints[0] constrains nothing');
  });
  it('is refused with methods alone', () => {
    expect(complaints(text(', methods: [GET]')).join()).toContain('constrains nothing');
  });
  it('is right when it asks for HTTPS', () => expect(complaints(text(', transport: confidential'))).toEqual([]));
});

describe('an application that demands confidential transport', () => {
  const text = `${domain}applications: { a: { security-domain: d, mechanisms: [FORM], upstream: "http://h", constraints: [ { path: /, roles: [], transport: confidential } ] } }\n`;

  it('is refused where nothing answers over HTTPS', () =>
    expect(complaints(text).join()).toContain('nothing answers over HTTPS'));
  it('is right with a key pair', () => expect(complaints(`${text}tls: { certificate: c, key: k }`)).toEqual([]));
  it('is right behind a proxy that has one', () => expect(complaints(`${text}public-url: https://sso`)).toEqual([]));
});
