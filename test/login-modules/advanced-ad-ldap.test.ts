/** @module Login module AdvancedAdLdap on a real Active Directory: nested groups, the primary group, accounts that are shut. */
import { afterAll, describe, expect, it } from 'vitest';
import { advancedAdLdap } from '../../login-modules/advanced-ad-ldap.ts';
import { advancedLdap } from '../../login-modules/advanced-ldap.ts';
import { ldap } from '../../login-modules/ldap.ts';
import { ldapExtended } from '../../login-modules/ldap-extended.ts';
import type { LoginModuleFactory, ModuleOutcome } from '../../src/spi/login-module.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { ldapServices } from '../support/ldap-module.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { loginContext, RecordingSharedState } from '../support/plugin-services.ts';
import { startSamba } from '../support/servers/samba.ts';
import { adPassword, base, serviceDn } from '../support/servers/samba-people.ts';

const samba = await startSamba();
afterAll(() => samba.close());

const reached = { 'java.naming.provider.url': samba.secureUrl, 'tls-ca': 'ca.pem' };
const users = {
  ...reached,
  bindDN: serviceDn,
  bindCredential: adPassword,
  baseCtxDN: base,
  baseFilter: '(sAMAccountName={0})',
};
const options = { ...users, roleAttributeID: 'memberOf', roleAttributeIsDN: true, roleNameAttributeID: 'cn' };
const services = () => ldapServices({ 'ca.pem': samba.ca });

loginModuleConformance({
  factory: advancedAdLdap,
  options: { ...options, 'password-stacking': 'useFirstPass' },
  services,
  accepted: { evidence: password('hnelson', adPassword), name: 'hnelson', roles: ['Domain Users', 'ops'] },
  refused: { wrong: password('hnelson', 'not-this-one'), unknown: (name) => password(name, adPassword) },
});

async function login(factory: LoginModuleFactory, raw: object, name: string): Promise<ModuleOutcome> {
  const module = await factory.create(raw, services());
  const outcome = await module.login(loginContext(password(name, adPassword)));
  await module.close?.();
  return outcome;
}

async function rolesOf(factory: LoginModuleFactory, raw: object, name: string): Promise<readonly string[]> {
  const outcome = await login(factory, raw, name);
  return outcome.status === 'succeeded' ? (outcome.contribution.roles ?? []).toSorted() : [outcome.status];
}

describe('AdvancedAdLdap', () => {
  it('follows nested groups through a circle, from the primary group too', async () => {
    expect(await rolesOf(advancedAdLdap, { ...options, recurseRoles: true }, 'hnelson')).toEqual([
      'Domain Users',
      'Users',
      'admins',
      'ops',
      'ring',
      'staff',
    ]);
  });

  it('finds groups by a filter', async () => {
    const byFilter = { rolesCtxDN: base, roleFilter: '(member={1})', roleAttributeID: 'cn', roleAttributeIsDN: false };
    expect(await rolesOf(advancedAdLdap, { ...options, ...byFilter }, 'jdoe')).toEqual(['Domain Users', 'staff']);
  });

  it.each([
    ['off', 'the directory does not let this account in'],
    ['gone', 'the directory does not let this account in'],
    ['new', 'the password has expired or must be changed'],
  ])('says in the trace why %s is not let in', async (name, note) => {
    expect(await login(advancedAdLdap, options, name)).toEqual({ status: 'failed', reason: 'account-disabled', note });
  });

  it('finds a name that has a meaning in filters', async () => {
    expect((await login(advancedAdLdap, options, 'o(b)c')).status).toBe('succeeded');
  });

  it('gives roles to a name that Kerberos has proved', async () => {
    const module = await advancedAdLdap.create({ ...options, 'password-stacking': 'useFirstPass' }, services());
    const evidence = evidenceOfEachKind.negotiate;
    const shared = new RecordingSharedState({ name: 'hnelson', evidence });
    const outcome = await module.login(loginContext(evidence, { shared }));
    await module.close?.();
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: ['Domain Users', 'ops'] } });
  });
});

describe('other modules on an Active Directory', () => {
  it('AdvancedLdap gives all groups but the primary one', async () => {
    expect(await rolesOf(advancedLdap, options, 'hnelson')).toEqual(['ops']);
  });

  it('LdapExtended gives nested groups by their DNs', async () => {
    const roles = {
      rolesCtxDN: base,
      roleFilter: '(sAMAccountName={0})',
      roleAttributeID: 'memberOf',
      roleAttributeIsDN: true,
      parseRoleNameFromDN: true,
      roleNameAttributeID: 'cn',
    };
    expect(await rolesOf(ldapExtended, { ...users, ...roles }, 'jdoe')).toEqual(['jdoe', 'staff']);
  });

  it('Ldap binds as name@domain', async () => {
    const byName = {
      ...reached,
      principalDNSuffix: '@ad.example.com',
      rolesCtxDN: base,
      uidAttributeID: 'sAMAccountName',
      roleAttributeID: 'memberOf',
      roleAttributeIsDN: true,
      roleNameAttributeID: 'cn',
    };
    expect(await rolesOf(ldap, byName, 'hnelson')).toEqual(['ops']);
  });
});
