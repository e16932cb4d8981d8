/** @module Mechanisms in the configuration: lists with options, and the mechanism stack of a domain. */
import { describe, expect, it } from 'vitest';
import { complaints, load } from './example-catalog.ts';

const stack = '[ { code: Remoting, flag: required } ]';
const plain = `security-domains:\n  d: { authentication: ${stack} }\n`;
const jaspi = (stacks: string, modules: string, rest = '') =>
  `security-domains:\n  d:\n    authentication-jaspi:\n      login-module-stacks: { ${stacks} }\n      auth-modules: [ ${modules} ]\n${rest}`;
const app = (mechanisms: string, domain = 'd') =>
  `applications: { a: { security-domain: ${domain}, ${mechanisms} upstream: "http://h" } }\n`;

function loaded(text: string) {
  const result = load(text);
  if (result.status === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.configuration;
}

describe('a mechanism with options', () => {
  it('stands beside one without', () => {
    const { applications } = loaded(`${plain}${app('mechanisms: [FORM, { name: basic, realm-name: Inner }],')}`);
    expect(applications[0]?.mechanisms).toMatchObject([
      { name: 'FORM', options: {} },
      { name: 'BASIC', options: { 'realm-name': 'Inner' } },
    ]);
  });

  it('has its options checked, with their lines', () => {
    expect(complaints(`${plain}${app('mechanisms: [{ name: BASIC, realm-nam: X, silent: 5 }],')}`)).toEqual([
      expect.stringContaining('applications.a.mechanisms[0].realm-nam unknown name; did you mean "realm-name"?'),
      expect.stringContaining('applications.a.mechanisms[0].silent must be true or false, not a number'),
    ]);
  });

  it('takes a truth value out of the environment', () => {
    const text = `${plain}${app(`mechanisms: [{ name: BASIC, silent: '$\{env:SILENT}' }],`)}`;
    const result = load(text, { environment: { SILENT: 'true' } });
    expect(result).toMatchObject({
      configuration: { applications: [{ mechanisms: [{ name: 'BASIC', options: { silent: true } }] }] },
    });
  });

  it('is named twice even where the spelling differs', () => {
    expect(complaints(`${plain}${app('mechanisms: [BASIC, { name: basic }],')}`).join()).toContain('is named twice');
  });

  it.each(['{ realm-name: X }', '5', '{ name: 5 }'])('is not %s', (written) => {
    expect(complaints(`${plain}${app(`mechanisms: [${written}],`)}`)).not.toEqual([]);
  });
});

describe('authentication-jaspi', () => {
  const two = `users: ${stack}, certs: ${stack}`;

  it('gives a domain its mechanisms and the stack of each', () => {
    const text = jaspi(
      two,
      '{ code: BASIC, flag: sufficient, login-module-stack-ref: certs, module-options: { realm-name: X } }, { code: FORM, login-module-stack-ref: users }',
    );
    expect(loaded(text).securityDomains[0]).toMatchObject({
      authentication: [{ code: 'Remoting' }],
      jaspi: {
        stacks: [{ name: 'users' }, { name: 'certs' }],
        authModules: [
          {
            mechanism: { name: 'BASIC', options: { 'realm-name': 'X' } },
            flag: 'sufficient',
            stack: 'certs',
            place: { line: 5 },
          },
          { mechanism: { name: 'FORM' }, flag: 'required', stack: 'users' },
        ],
      },
    });
  });

  it('needs no reference where there is one stack', () => {
    expect(loaded(jaspi(`s: ${stack}`, '{ code: FORM }')).securityDomains[0]?.jaspi?.authModules[0]?.stack).toBe('s');
  });

  it('lets an application leave its list out', () => {
    const { applications } = loaded(`${jaspi(two, '{ code: FORM, login-module-stack-ref: users }')}${app('')}`);
    expect(applications[0]?.mechanisms).toBeUndefined();
  });

  it.each([
    'HTTPSchemeServerAuthModule',
    'org.wildfly.extension.undertow.security.jaspi.modules.HTTPSchemeServerAuthModule',
  ])('takes %s for the mechanisms of the application', (code) => {
    const text = `${jaspi(`s: ${stack}`, `{ code: ${code} }`)}${app('mechanisms: [FORM],')}`;
    expect(loaded(text).securityDomains[0]?.jaspi?.authModules[0]?.mechanism).toBe('application');
  });

  it.each([
    [
      'beside authentication',
      jaspi(`s: ${stack}`, '{ code: FORM }', `    authentication: ${stack}\n`),
      'excludes authentication',
    ],
    [
      'with a reference to no stack',
      jaspi(`users: ${stack}`, '{ code: FORM, login-module-stack-ref: user }'),
      'unknown login-module-stack "user"; did you mean "users"?',
    ],
    [
      'without a reference where there are two',
      jaspi(two, '{ code: FORM }'),
      'needs login-module-stack-ref: one of users, certs',
    ],
    [
      'with an unknown mechanism',
      jaspi(`s: ${stack}`, '{ code: FROM }'),
      'unknown mechanism "FROM"; did you mean "FORM"?',
    ],
    [
      'with a mechanism of a later version',
      jaspi(`s: ${stack}`, '{ code: SPNEGO }'),
      'mechanism "SPNEGO": not in this version',
    ],
    [
      'with an unknown option',
      jaspi(`s: ${stack}`, '{ code: BASIC, module-options: { real-name: x } }'),
      'unknown name; did you mean "realm-name"?',
    ],
    [
      'with an unknown login module',
      jaspi('s: [ { code: Remotin, flag: required } ]', '{ code: FORM }'),
      'unknown login module "Remotin"',
    ],
    [
      'with two modules of one name',
      jaspi(
        's: [ { name: m, code: Remoting, flag: required }, { name: m, code: Remoting, flag: required } ]',
        '{ code: FORM }',
      ),
      'the name "m" is given twice',
    ],
    ['without a stack', jaspi('', '{ code: FORM }'), 'must have at least one entry'],
    ['without a mechanism', jaspi(`s: ${stack}`, ''), 'must have at least 1 entries'],
  ])('is refused %s', (_what, text, message) => {
    expect(complaints(text).join('\n')).toContain(message);
  });

  it('is refused where an application leaves open which stack decides', () => {
    const text = `${jaspi(two, '{ code: FORM, login-module-stack-ref: users }')}${app('mechanisms: [FORM],')}`;
    expect(complaints(text).join()).toContain(
      'leaves open which login-module-stack of the security domain "d" decides',
    );
  });

  it('needs the list of an application that it asks for', () => {
    const text = `${jaspi(`s: ${stack}`, '{ code: HTTPSchemeServerAuthModule }')}${app('')}`;
    expect(complaints(text).join()).toContain('applications.a.mechanisms is missing: the HTTPSchemeServerAuthModule');
  });
});

it('mechanisms are missing where the domain has none either', () => {
  expect(complaints(`${plain}${app('')}`).join()).toContain('applications.a.mechanisms is missing');
  expect(complaints(`${plain}saml-idp: { security-domain: d }\n`).join()).toContain('saml-idp.mechanisms is missing');
});

it('a domain without authentication is none', () => {
  expect(complaints('security-domains: { d: {} }').join()).toContain('security-domains.d.authentication is missing');
});

describe('jboss-facts §15 no. 14: a slip of the pen never falls back to the domain other', () => {
  const other = plain.replace('  d:', '  other:');

  it('in an application', () => {
    expect(complaints(`${other}${app('mechanisms: [FORM],', 'payroll')}`)).toEqual([
      expect.stringContaining('applications.a.security-domain unknown security domain "payroll" (known: other)'),
    ]);
  });

  it('in the identity provider', () => {
    expect(complaints(`${other}saml-idp: { security-domain: othr, mechanisms: [FORM] }\n`)).toEqual([
      expect.stringContaining('saml-idp.security-domain unknown security domain "othr"; did you mean "other"?'),
    ]);
  });

  it('nor does a domain without login modules', () => {
    expect(complaints(`${other}  empty: { audit: [] }\n`).join()).toContain(
      'security-domains.empty.authentication is missing',
    );
  });
});

describe('what nothing here would ask (jboss-facts §4.8)', () => {
  it.each([
    ['identity-trust', 'AlwaysPermit', 'no identity arrives here that another server vouches for'],
    ['identity-trust', 'JavaEETrust', 'leave it out'],
    ['acl', 'x', 'nothing asks an access control list here'],
  ])('%s with %s is refused by name, with the reason', (key, code, reason) => {
    const text = `security-domains:\n  d:\n    authentication: ${stack}\n    ${key}: [ { code: ${code}, flag: required } ]\n`;
    expect(complaints(text)).toEqual([
      expect.stringMatching(new RegExp(`^4:5 security-domains\\.d\\.${key} is refused: `)),
    ]);
    expect(complaints(text).join()).toContain(reason);
  });
});
