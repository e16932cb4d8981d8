/** @module Login module AdvancedLdap on a real OpenLDAP: nested roles, also for a name that Kerberos has proved. */
import { afterAll, describe, expect, it } from 'vitest';
import { advancedLdap } from '../../login-modules/advanced-ldap.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { ldapServices, loginWith, rolesWith } from '../support/ldap-module.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { servicePassword, startSlapd } from '../support/servers/slapd.ts';
import { awkwardNames, personPassword, suffix } from '../support/servers/slapd-people.ts';

const slapd = await startSlapd();
afterAll(() => slapd.close());

const options = {
  'java.naming.provider.url': slapd.url,
  bindDN: `cn=sso,${suffix}`,
  bindCredential: servicePassword,
  baseCtxDN: `ou=people,${suffix}`,
  baseFilter: '(uid={0})',
  roleAttributeID: 'memberOf',
  roleAttributeIsDN: true,
  roleNameAttributeID: 'cn',
};
const byFilter = {
  rolesCtxDN: `ou=groups,${suffix}`,
  roleFilter: '(member={1})',
  roleAttributeID: 'cn',
  roleAttributeIsDN: false,
};

loginModuleConformance({
  factory: advancedLdap,
  options: { ...options, 'password-stacking': 'useFirstPass' },
  services: () => ldapServices(),
  accepted: { evidence: password('hnelson', personPassword), name: 'hnelson', roles: ['ops'] },
  refused: { wrong: password('hnelson', 'not-this-one'), unknown: (name) => password(name, personPassword) },
});

describe('AdvancedLdap', () => {
  const rolesOf = (name: string, changes: object = {}) =>
    rolesWith(advancedLdap, { ...options, ...changes }, name, personPassword);

  it('follows roles of roles through a circle to its end', async () => {
    expect(await rolesOf('hnelson', { recurseRoles: true })).toEqual(['admins', 'ops', 'staff']);
  });

  it('finds roles by a filter', async () => {
    expect(await rolesOf('hnelson', byFilter)).toEqual(['ops']);
  });

  it('runs the filter again for each role that an attribute names', async () => {
    const nested = { rolesCtxDN: `${suffix}`, roleFilter: '(member={1})', roleAttributeID: 'memberOf' };
    // The groups that a member of ops is in, by way of what ops itself is a member of.
    expect(await rolesOf('hnelson', { ...nested, recurseRoles: true })).toEqual(['admins', 'ops', 'staff']);
  });

  it.each(awkwardNames)('finds the roles of %j', async (name) => {
    expect(await rolesOf(name)).toEqual([`awkward-${awkwardNames.indexOf(name)}`]);
  });

  it('takes the name for a DN where nothing says how to search', async () => {
    const { baseCtxDN: _, baseFilter: __, ...direct } = options;
    const roles = await rolesWith(advancedLdap, direct, `uid=hnelson,ou=people,${suffix}`, personPassword);
    expect(roles).toEqual(['ops']);
  });

  it('gives roles to a name that Kerberos has proved', async () => {
    const stack = { ...options, 'password-stacking': 'useFirstPass' };
    const outcome = await loginWith(advancedLdap, stack, evidenceOfEachKind.negotiate, 'hnelson');
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: ['ops'] } });
  });

  it('lets nobody in whose roles cannot be searched', async () => {
    const broken = { ...options, ...byFilter, rolesCtxDN: `ou=nowhere,${suffix}` };
    const login = loginWith(advancedLdap, broken, password('hnelson', personPassword));
    await expect(login).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it.each([
    ['Kerberos for the bind', { bindAuthentication: 'GSSAPI' }],
    ['empty passwords', { allowEmptyPassword: true }],
    ['a role filter without a place', { roleFilter: '(member={1})' }],
    ['DNs of roles without an attribute of their names', { roleNameAttributeID: undefined }],
    ['a place to search without a filter', { baseFilter: undefined }],
  ])('refuses %s at the start', (_, changes) => {
    expect(advancedLdap.options.safeParse({ ...options, ...changes }).success).toBe(false);
  });
});
