/** @module Login module LdapExtended on a real OpenLDAP: users by a filter, roles by another, nested and in circles. */
import { afterAll, describe, expect, it } from 'vitest';
import { ldapExtended } from '../../login-modules/ldap-extended.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { ldapServices, loginWith, rolesWith } from '../support/ldap-module.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { loginContext } from '../support/plugin-services.ts';
import { servicePassword, startSlapd } from '../support/servers/slapd.ts';
import { awkwardNames, personPassword, suffix } from '../support/servers/slapd-people.ts';

const slapd = await startSlapd();
afterAll(() => slapd.close());

const users = {
  'java.naming.provider.url': slapd.url,
  bindDN: `cn=sso,${suffix}`,
  bindCredential: servicePassword,
  baseCtxDN: `ou=people,${suffix}`,
  baseFilter: '(uid={0})',
};
const roles = { rolesCtxDN: `ou=groups,${suffix}`, roleFilter: '(member={1})', roleAttributeID: 'cn' };
const options = (changes: object = {}) => ({ ...users, ...roles, ...changes });

loginModuleConformance({
  factory: ldapExtended,
  options: options({ 'password-stacking': 'useFirstPass' }),
  services: () => ldapServices(),
  accepted: { evidence: password('hnelson', personPassword), name: 'hnelson', roles: ['ops'] },
  refused: { wrong: password('hnelson', 'not-this-one'), unknown: (name) => password(name, personPassword) },
});

describe('LdapExtended', () => {
  const rolesOf = (name: string, changes: object = {}) =>
    rolesWith(ldapExtended, options(changes), name, personPassword);
  const login = (name: string, secret: string, changes: object = {}) =>
    loginWith(ldapExtended, options(changes), password(name, secret));

  it.each([
    [0, ['ops']],
    [1, ['admins', 'ops']],
    [2, ['admins', 'ops', 'staff']],
    [100, ['admins', 'ops', 'staff']],
  ])('follows roles of roles %i deep, and a circle to its end', async (roleRecursion, expected) => {
    expect(await rolesOf('hnelson', { roleRecursion })).toEqual(expected);
  });

  it.each(awkwardNames)('finds the roles of %j', async (name) => {
    expect(await rolesOf(name)).toEqual([`awkward-${awkwardNames.indexOf(name)}`]);
  });

  it('reads names of roles from the entries that an attribute names', async () => {
    const byEntry = { rolesCtxDN: `ou=people,${suffix}`, roleFilter: '(uid={0})', roleAttributeID: 'memberOf' };
    const changes = { ...byEntry, roleAttributeIsDN: true, roleNameAttributeID: 'cn' };
    // As in JBoss, what the filter itself finds is a role too.
    expect(await rolesOf('jdoe', changes)).toEqual(['admins', 'jdoe Test', 'readers']);
  });

  it('cuts names of roles out of DNs', async () => {
    const byEntry = { rolesCtxDN: `ou=people,${suffix}`, roleFilter: '(uid={0})', roleAttributeID: 'memberOf' };
    const changes = { ...byEntry, roleAttributeIsDN: true, parseRoleNameFromDN: true, roleNameAttributeID: 'cn' };
    expect(await rolesOf('jdoe', changes)).toEqual(['admins', 'readers']);
  });

  it('finds roles on more than a thousand entries', async () => {
    const many = await rolesOf('asmith', { rolesCtxDN: `ou=many,${suffix}` });
    expect([many.length, many.includes('g0'), many.includes('g1202')]).toEqual([1203, true, true]);
  });

  it('gives the default role to everybody of the directory', async () => {
    expect(await rolesOf('hnelson', { defaultRole: 'user' })).toEqual(['ops', 'user']);
  });

  it('gives no roles without a place to search them', async () => {
    expect(await rolesWith(ldapExtended, users, 'hnelson', personPassword)).toEqual([]);
  });

  it('lets nobody in by a filter that finds two', async () => {
    const changes = { baseFilter: '(|(uid={0})(employeeNumber={0}))' };
    expect(await login('7', personPassword, changes)).toEqual({
      status: 'failed',
      reason: 'unknown-user',
      note: 'more than one entry has this name',
    });
  });

  it('binds with the DN that an attribute holds', async () => {
    const changes = { distinguishedNameAttribute: 'description' };
    expect(await login('hnelson', personPassword, changes)).toMatchObject({ reason: 'bad-credential' });
  });

  it.each([
    ['CORP\\hnelson', { usernameBeginString: '\\' }],
    ['hnelson@corp', { usernameEndString: '@' }],
    ['CORP\\hnelson@x', { usernameBeginString: '\\', usernameEndString: '@' }],
    ['hnelson', { usernameBeginString: '\\', usernameEndString: '@' }],
  ])('finds %s by a part of the name, and leaves the name as it is', async (name, parts) => {
    const outcome = await login(name, personPassword, { parseUsername: true, ...parts });
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { identity: { name }, roles: ['ops'] } });
  });

  it('gives roles to a name that another module has proved', async () => {
    const stack = options({ 'password-stacking': 'useFirstPass' });
    const outcome = await loginWith(ldapExtended, stack, evidenceOfEachKind.negotiate, 'hnelson');
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: ['ops'] } });
  });

  it.each([
    ['locked', 'the account is locked'],
    ['reset', 'the password has expired or must be changed'],
  ])('says in the trace why %s is not let in', async (name, note) => {
    const outcome = await login(name, personPassword);
    expect(outcome).toEqual({ status: 'failed', reason: 'account-disabled', note });
  });

  it('never sends an empty password', async () => {
    expect(await login('hnelson', '')).toMatchObject({ status: 'failed', reason: 'bad-credential' });
  });

  it('cannot ask a directory that is not there', async () => {
    const nowhere = { 'java.naming.provider.url': 'ldap://127.0.0.1:1' };
    await expect(login('hnelson', personPassword, nowhere)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it.each([
    ['a filter that is none', { baseFilter: '(uid={0}' }],
    ['a filter with a place that nothing fills', { baseFilter: '(uid={1})' }],
    ['empty passwords', { allowEmptyPasswords: true }],
    ['a command for a password', { bindCredential: '{CMD}cat,/etc/shadow' }],
    ['a class for a password', { bindCredential: '{CLASS@module}x.Y' }],
    ['a name that searches without a password', { bindCredential: undefined }],
    ['a role filter without a place', { rolesCtxDN: undefined }],
    ['a URL that is not one of LDAP', { 'java.naming.provider.url': 'http://localhost' }],
    ['a DN in a URL', { 'java.naming.provider.url': 'ldap://localhost/dc=example' }],
    ['StartTLS with LDAPS', { 'java.naming.provider.url': 'ldaps://localhost', 'start-tls': true }],
    ['another way to bind', { 'java.naming.security.authentication': 'none' }],
    ['an encrypted credential', { jaasSecurityDomain: 'x' }],
  ])('refuses %s at the start', (_, changes) => {
    expect(ldapExtended.options.safeParse({ ...options(), ...changes }).success).toBe(false);
  });

  it('stops the start when there is no file of authorities', async () => {
    const created = ldapExtended.create(options({ 'tls-ca': 'none.pem' }), ldapServices());
    await expect(created).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  it('believes the authorities of its file', async () => {
    const services = ldapServices({ 'ca.pem': slapd.ca });
    const secure = options({ 'java.naming.provider.url': slapd.secureUrl, 'tls-ca': 'ca.pem' });
    const module = await ldapExtended.create(secure, services);
    const outcome = await module.login(loginContext(password('hnelson', personPassword)));
    await module.close?.();
    expect(outcome.status).toBe('succeeded');
  });

  it('warns of passwords that would go over a network as they are', async () => {
    const services = ldapServices();
    const remote = options({ 'java.naming.provider.url': 'ldap://directory.example.com' });
    await (await ldapExtended.create(remote, services)).close?.();
    expect(services.logger.warnings()).toEqual([
      'passwords go to this directory unencrypted: use ldaps:// or start-tls',
    ]);
  });
});
