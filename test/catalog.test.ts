/** @module The catalogue: what is in it, under which names, and what it says of names that come later. */
import { describe, expect, it } from 'vitest';
import * as catalog from '../src/catalog.ts';
import type { ConfigurationCatalog } from '../src/config/configuration-catalog.ts';

const asConfigurationSeesIt: ConfigurationCatalog = catalog;

describe('catalog', () => {
  it('has the login modules of this version', () => {
    expect(asConfigurationSeesIt.loginModuleCodes()).toEqual([
      'AdvancedAdLdap',
      'AdvancedLdap',
      'Anon',
      'Certificate',
      'CertificateRoles',
      'Client',
      'ConfiguredIdentity',
      'Database',
      'DatabaseCertificate',
      'Disabled',
      'Identity',
      'Ldap',
      'LdapExtended',
      'LdapUsers',
      'PropertiesUsers',
      'RealmDirect',
      'RealmUsersRoles',
      'Remoting',
      'RoleMapping',
      'RunAs',
      'SecureIdentity',
      'Simple',
      'SimpleUsers',
      'Totp',
      'UsersRoles',
    ]);
  });

  it.each(['UsersRoles', 'usersroles', 'org.jboss.security.auth.spi.UsersRolesLoginModule'])('finds %s', (code) => {
    expect(catalog.loginModule(code)).toMatchObject({ code: 'UsersRoles' });
  });

  it.each([
    'Kerberos',
    'spnegousers',
    'SPNEGO',
    'com.sun.security.auth.module.Krb5LoginModule',
    'org.picketlink.identity.federation.bindings.jboss.auth.SAML2LoginModule',
  ])('knows that the login module %s comes later', (code) => {
    expect(catalog.loginModule(code)).toBe('later');
  });

  it('has every name once', () => {
    const names = catalog.loginModules.flatMap(({ code, aliases }) => [code, ...aliases]);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it.each(['Guess', '', 'constructor', 'Users Roles'])('knows nothing of %j', (code) => {
    expect(catalog.loginModule(code)).toBeUndefined();
    expect(catalog.mechanism(code)).toBeUndefined();
    expect(catalog.auditProvider(code)).toBeUndefined();
    expect(catalog.securityRealm(code)).toBeUndefined();
  });

  it('has the other kinds of plug-ins, and knows which come later', () => {
    expect(catalog.mechanism('form')).toMatchObject({ name: 'FORM' });
    expect(catalog.mechanism('SPNEGO')).toBe('later');
    expect(catalog.auditProvider('file')).toMatchObject({ code: 'File' });
    expect(catalog.auditProvider('org.jboss.security.audit.providers.LogAuditProvider')).toMatchObject({ code: 'Log' });
    expect(catalog.securityRealm('properties')).toMatchObject({ kind: 'properties' });
    expect(catalog.securityRealm('ldap')).toBe('later');
  });

  it.each([
    ['HTTPBasicServerAuthModule', 'BASIC'],
    ['org.jboss.as.web.security.jaspi.modules.HTTPFormServerAuthModule', 'FORM'],
    ['HTTPClientCertServerAuthModule', 'CLIENT-CERT'],
  ])('knows the server auth module %s as %s', (code, name) => {
    expect(catalog.mechanism(code)).toMatchObject({ name });
  });
});
