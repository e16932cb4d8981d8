/** @module Mapping module LdapRoles on a real OpenLDAP. */
import { afterAll, describe, expect, it } from 'vitest';
import { ldapRoles } from '../../../src/plugins/mappers/ldap-roles.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { ldapServices } from '../../support/ldap-module.ts';
import { applyOne, contextOf, subjectNamed } from '../../support/mapping.ts';
import { servicePassword, startSlapd } from '../../support/servers/slapd.ts';
import { awkwardNames, suffix } from '../../support/servers/slapd-people.ts';

const slapd = await startSlapd();
afterAll(() => slapd.close());
const services = () => ({ ...ldapServices(), applicationRoles: () => undefined });
const options = {
  'java.naming.provider.url': slapd.url,
  bindDN: `cn=sso,${suffix}`,
  bindCredential: servicePassword,
  rolesCtxDN: `ou=people,${suffix}`,
  roleFilter: '(uid={0})',
  roleAttributeID: 'roomNumber',
};

mapperConformance({
  factory: ldapRoles,
  options,
  services,
  mapped: { subject: subjectNamed('hnelson', ['old']), to: { roles: ['old', 'engineer'] } },
  asks: true,
});

describe('LdapRoles', () => {
  const rolesOf = async (name: string, changes: object) => {
    const mapper = await ldapRoles.create('role', { ...options, ...changes }, services());
    try {
      return (await applyOne(mapper, subjectNamed(name), contextOf())).roles;
    } finally {
      await mapper.close?.();
    }
  };
  const groups = { rolesCtxDN: `ou=groups,${suffix}`, roleFilter: `(member=uid={0},ou=people,${suffix})` };

  it('finds groups by the name in the filter', async () => {
    expect(await rolesOf('jdoe', { ...groups, roleAttributeID: 'cn' })).toEqual(['admins']);
  });

  it('follows DNs to the names of roles, and takes them out of DNs where that is asked for', async () => {
    const dns = { ...groups, roleAttributeID: 'member', roleAttributeIsDN: 'true', roleNameAttributeID: 'cn' };
    expect(await rolesOf('jdoe', dns)).toEqual(['ops', 'jdoe Test']);
    expect(await rolesOf('jdoe', { ...dns, parseRoleNameFromDN: 'true' })).toEqual(['ops']);
  });

  it.each(awkwardNames)('takes %s for a name and never for a filter', async (name) => {
    expect(await rolesOf(name, { roleAttributeID: 'uid' })).toEqual([name]);
  });

  it('refuses the login while the directory cannot be asked, where JBoss goes on with the roles so far', async () => {
    const nowhere = rolesOf('jdoe', { 'java.naming.provider.url': 'ldap://127.0.0.1:1' });
    await expect(nowhere).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    const badBase = rolesOf('jdoe', { rolesCtxDN: `ou=nowhere,${suffix}` });
    await expect(badBase).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });
});
