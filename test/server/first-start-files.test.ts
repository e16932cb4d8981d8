import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { buildFirstStart, type FirstStartOptions } from '../../src/server/first-start-files.ts';
import { catalog } from '../support/whole-catalog.ts';

const options: FirstStartOptions = {
  ports: { http: 18080, https: 18443, managementHttp: 19990, managementHttps: 19993 },
  randomBytes: Uint8Array.from({ length: 16 }, (_, index) => index * 17),
  passwordHashes: new Map([
    ['eric', '$argon2id$e'],
    ['amar', '$argon2id$a'],
    ['brian', '$argon2id$b'],
    ['alan', '$argon2id$n'],
  ]),
};
const start = buildFirstStart(options);
const text = (path: string) => start.files.find((file) => file.path === path)!.text;

function loaded() {
  return loadConfiguration({
    text: text('gatehouse.yaml'),
    file: 'gatehouse.yaml',
    environment: {},
    readSecretFile: () => ({ problem: 'none' }),
    catalog,
  });
}

it('writes a configuration that the catalogue of this version accepts', () => {
  expect(loaded()).toMatchObject({ status: 'loaded' });
});

it('writes the ports that it is given', () => {
  expect(loaded()).toMatchObject({
    configuration: { ports: { http: 18080, https: 18443, managementHttp: 19990, managementHttps: 19993 } },
  });
});

it('has the domains, partners and signing key of the plan', () => {
  expect(loaded()).toMatchObject({
    configuration: {
      securityRealms: [{ name: 'ManagementRealm', mapGroupsToRoles: false }, { name: 'ApplicationRealm' }],
      securityDomains: [
        {
          name: 'other',
          authentication: [
            { code: 'Remoting', flag: 'optional', options: { 'password-stacking': 'useFirstPass' } },
            { code: 'RealmDirect', flag: 'required', options: { 'password-stacking': 'useFirstPass' } },
          ],
        },
        { name: 'idp-domain', authentication: [{ code: 'UsersRoles', flag: 'required' }] },
      ],
      samlIdp: {
        signing: { key: 'data/keys/idp.key' },
        partners: ['a', 'b', 'c'].map((name) => ({ source: { kind: 'metadata', where: `sample-${name}.xml` } })),
      },
    },
  });
});

it('lets nobody guess without end', () => {
  expect(loaded()).toMatchObject({
    configuration: { securityDomains: [{ lockOut: { attempts: 5 } }, { lockOut: { attempts: 5 } }] },
  });
});

it('still loads when every commented setting is switched on', () => {
  const switchedOn = text('gatehouse.yaml').replaceAll(/^# ((?: +)?[a-zA-Z0-9-]+:.*| {4}(?: +)?- .*)$/gm, '$1');
  const result = loadConfiguration({
    text: switchedOn,
    file: 'gatehouse.yaml',
    environment: {},
    readSecretFile: () => ({ problem: 'none' }),
    catalog,
  });
  expect(result).toMatchObject({
    status: 'loaded',
    configuration: {
      publicUrl: 'https://sso.example.com',
      tls: { certificate: 'server.crt' },
      trustedProxies: ['10.0.0.0/8'],
      applications: [{ name: 'sampleApp1', constraints: [{ path: '/secure/*' }] }],
    },
  });
});

it('gives every file that the configuration names', () => {
  const names = start.files.map(({ path }) => path);
  const written = text('gatehouse.yaml').match(/[a-z-]+\.properties/g)!;
  expect(names).toEqual(expect.arrayContaining(written));
  expect(names.at(-1)).toBe('gatehouse.yaml');
});

it('lets nobody else read what it writes', () => {
  expect(start.files.map(({ mode }) => mode)).toEqual(start.files.map(() => 0o600));
});

it("stores the administrator's password as JBoss does", () => {
  const { name, password } = start.administrator;
  const ha1 = createHash('md5').update(`${name}:ManagementRealm:${password}`).digest('hex');
  expect(text('mgmt-users.properties')).toMatch(/^#\$REALM_NAME=ManagementRealm\$/);
  expect(text('mgmt-users.properties').split('\n')).toContain(`admin=${ha1}`);
});

it('makes the password of random bytes and shows it in no file', () => {
  const { password } = start.administrator;
  expect(password).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
  expect(start.files.filter((file) => file.text.includes(password))).toEqual([]);
  const other = buildFirstStart({ ...options, randomBytes: new Uint8Array(16).fill(9) });
  expect(other.administrator.password).not.toBe(password);
});

it('refuses to make a password of too few random bytes', () => {
  expect(() => buildFirstStart({ ...options, randomBytes: new Uint8Array(15) })).toThrow(RangeError);
});

it('marks the file of application users with its realm', () => {
  expect(text('application-users.properties')).toMatch(/^#\$REALM_NAME=ApplicationRealm\$/);
});

it('has the sample users with the hashes that it is given, and their roles', () => {
  expect(text('users.properties').split('\n')).toEqual(
    expect.arrayContaining(['eric=$argon2id$e', 'amar=$argon2id$a', 'brian=$argon2id$b', 'alan=$argon2id$n']),
  );
  expect(
    text('roles.properties')
      .split('\n')
      .filter((line) => !line.startsWith('#')),
  ).toEqual(['eric=all', 'amar=AB', 'brian=C', '']);
});
