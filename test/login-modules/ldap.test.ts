/** @module Login module Ldap on a real OpenLDAP: a DN made from the name, and roles searched as the user. */
import { afterAll, describe, expect, it } from 'vitest';
import { ldap } from '../../login-modules/ldap.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { ldapServices, loginWith, rolesWith } from '../support/ldap-module.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { servicePassword, startSlapd } from '../support/servers/slapd.ts';
import { awkwardNames, personPassword, suffix } from '../support/servers/slapd-people.ts';

const slapd = await startSlapd();
afterAll(() => slapd.close());

const options = {
  'java.naming.provider.url': slapd.url,
  principalDNPrefix: 'uid=',
  principalDNSuffix: `,ou=people,${suffix}`,
  rolesCtxDN: `ou=groups,${suffix}`,
  uidAttributeID: 'member',
  matchOnUserDN: true,
  roleAttributeID: 'cn',
};

loginModuleConformance({
  factory: ldap,
  options: { ...options, 'password-stacking': 'useFirstPass' },
  services: () => ldapServices(),
  accepted: { evidence: password('hnelson', personPassword), name: 'hnelson', roles: ['ops'] },
  refused: { wrong: password('hnelson', 'not-this-one'), unknown: (name) => password(name, personPassword) },
});

describe('Ldap', () => {
  const rolesOf = (name: string, changes: object = {}) =>
    rolesWith(ldap, { ...options, ...changes }, name, personPassword);
  const login = (name: string, changes: object = {}) =>
    loginWith(ldap, { ...options, ...changes }, password(name, personPassword));

  it.each(awkwardNames)('makes a DN of %j that is his', async (name) => {
    expect(await rolesOf(name)).toEqual([`awkward-${awkwardNames.indexOf(name)}`]);
  });

  it.each([
    ['jdoe,ou=people', { principalDNPrefix: 'uid=', principalDNSuffix: `,${suffix}` }],
    ['uid=jdoe,ou=people', { principalDNPrefix: '', principalDNSuffix: `,${suffix}` }],
  ])('lets nobody move in the tree by the name %s', async (name, parts) => {
    expect((await login(name, parts)).status).toBe('failed');
  });

  it('takes a name that is an RDN where the DN begins with it', async () => {
    expect((await login('uid=jdoe', { principalDNPrefix: '' })).status).toBe('succeeded');
  });

  it('matches roles by the name where it does not by the DN', async () => {
    const byName = { rolesCtxDN: `ou=people,${suffix}`, uidAttributeID: 'uid', matchOnUserDN: false };
    expect(await rolesOf('hnelson', { ...byName, roleAttributeID: 'roomNumber' })).toEqual(['engineer']);
  });

  it('reads names of roles from the entries that an attribute names', async () => {
    const byEntry = { rolesCtxDN: `ou=people,${suffix}`, uidAttributeID: 'uid', matchOnUserDN: false };
    const names = { roleAttributeID: 'memberOf', roleAttributeIsDN: true, roleNameAttributeID: 'cn' };
    expect(await rolesOf('jdoe', { ...byEntry, ...names })).toEqual(['admins', 'readers']);
  });

  it('searches roles where an attribute of the user says', async () => {
    const own = { userRolesCtxDNAttributeName: 'description' };
    expect([
      await rolesOf('hnelson', { ...own, rolesCtxDN: `ou=many,${suffix}` }),
      await rolesOf('jdoe', { ...own, rolesCtxDN: `ou=many,${suffix}` }),
    ]).toEqual([['ops'], ['readers']]);
  });

  it('searches roles as the principal that is configured', async () => {
    const principal = { 'java.naming.security.principal': `cn=sso,${suffix}` };
    expect(await rolesOf('hnelson', { ...principal, 'java.naming.security.credentials': servicePassword })).toEqual([
      'ops',
    ]);
  });

  it('lets a user in whose roles cannot be searched, and says so in the trace', async () => {
    const outcome = await login('hnelson', { rolesCtxDN: `ou=nowhere,${suffix}` });
    expect(outcome).toEqual({
      status: 'succeeded',
      contribution: { identity: { name: 'hnelson', type: 'user' }, roles: [] },
      note: 'no roles: the directory refuses the search',
    });
  });

  it('gives no roles to a name that another module has proved', async () => {
    const stack = { ...options, 'password-stacking': 'useFirstPass' };
    const outcome = await loginWith(ldap, stack, evidenceOfEachKind.negotiate, 'hnelson');
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: [] } });
  });

  it('cannot ask a directory that is not there', async () => {
    await expect(login('hnelson', { 'java.naming.provider.url': 'ldap://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
  });
});
