/** @module Login module LdapUsers on a real OpenLDAP: who somebody is, and nothing about what he may do. */
import { afterAll, describe, expect, it } from 'vitest';
import { ldapUsers } from '../../login-modules/ldap-users.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { ldapServices, loginWith } from '../support/ldap-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { servicePassword, startSlapd } from '../support/servers/slapd.ts';
import { personPassword, suffix } from '../support/servers/slapd-people.ts';

const slapd = await startSlapd();
afterAll(() => slapd.close());

const options = {
  'java.naming.provider.url': slapd.url,
  bindDN: `cn=sso,${suffix}`,
  bindCredential: servicePassword,
  baseCtxDN: `ou=people,${suffix}`,
  baseFilter: '(uid={0})',
};

loginModuleConformance({
  factory: ldapUsers,
  options: { ...options, 'password-stacking': 'useFirstPass' },
  services: () => ldapServices(),
  accepted: { evidence: password('hnelson', personPassword), name: 'hnelson', roles: [] },
  refused: { wrong: password('hnelson', 'not-this-one'), unknown: (name) => password(name, personPassword) },
});

describe('LdapUsers', () => {
  it('searches as the JNDI principal where there is no bindDN', async () => {
    const { bindDN, bindCredential, ...others } = options;
    const jndi = { 'java.naming.security.principal': bindDN, 'java.naming.security.credentials': bindCredential };
    const outcome = await loginWith(ldapUsers, { ...others, ...jndi }, password('hnelson', personPassword));
    expect(outcome.status).toBe('succeeded');
  });

  it('finds nobody without a bind where the directory shows nobody', async () => {
    const { bindDN: _, bindCredential: __, ...anonymous } = options;
    const login = loginWith(ldapUsers, anonymous, password('hnelson', personPassword));
    await expect(login).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it('has no options about roles', () => {
    expect(ldapUsers.options.safeParse({ ...options, rolesCtxDN: 'x' }).success).toBe(false);
  });
});
