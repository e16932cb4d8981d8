/** @module The catalogue: what is in it, under which names, and what it says of names that come later. */
import { describe, expect, it } from 'vitest';
import { openCatalog } from '../src/catalog.ts';
import {
  auditProviderNames,
  authorizationModuleNames,
  loginModuleNames,
  mapperNames,
  mechanismNames,
} from '../src/catalog-names.ts';
import type { ConfigurationCatalog } from '../src/config/configuration-catalog.ts';
import { catalog } from './support/whole-catalog.ts';

const asConfigurationSeesIt: ConfigurationCatalog = catalog;

describe('catalog', () => {
  it('has the login modules of this version', () => {
    expect(asConfigurationSeesIt.loginModules.codes()).toEqual([
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
      'Kerberos',
      'Ldap',
      'LdapExtended',
      'LdapUsers',
      'PropertiesUsers',
      'RealmDirect',
      'RealmUsersRoles',
      'Remoting',
      'RoleMapping',
      'RunAs',
      'SAML2',
      'SecureIdentity',
      'Simple',
      'SimpleUsers',
      'SPNEGO',
      'Totp',
      'UsersRoles',
    ]);
  });

  it.each(['UsersRoles', 'usersroles', 'org.jboss.security.auth.spi.UsersRolesLoginModule'])('finds %s', (code) => {
    expect(catalog.loginModules.find(code)).toMatchObject({ code: 'UsersRoles' });
  });

  it.each([
    ['spnegousers', 'SPNEGO'],
    ['org.jboss.security.negotiation.spnego.SPNEGOLoginModule', 'SPNEGO'],
    ['org.jboss.security.negotiation.KerberosLoginModule', 'Kerberos'],
    ['com.sun.security.auth.module.Krb5LoginModule', 'Kerberos'],
  ])('finds %s as %s', (name, code) => {
    expect(catalog.loginModules.find(name)).toMatchObject({ code });
  });

  it.each(['SAML2STS', 'Proxy', 'org.picketlink.identity.federation.bindings.jboss.auth.SAML2STSLoginModule'])(
    'knows that the login module %s comes later',
    (code) => {
      expect(catalog.loginModules.find(code)).toBe('later');
    },
  );

  it.each([
    ['login modules', catalog.loginModules, loginModuleNames],
    ['mappers', catalog.mappers, mapperNames],
    ['authorization modules', catalog.authorizationModules, authorizationModuleNames],
    ['audit providers', catalog.auditProviders, auditProviderNames],
    ['mechanisms', catalog.mechanisms, mechanismNames],
  ])('has every name of the %s once, and each for one that there is', (_kind, plugIns, others) => {
    const names = [...plugIns.codes(), ...Object.values(others).flat()];
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    expect(Object.keys(others).filter((code) => !plugIns.codes().includes(code))).toEqual([]);
  });

  it('lists each plug-in under its own code', () => {
    for (const plugIns of [
      catalog.loginModules,
      catalog.mappers,
      catalog.authorizationModules,
      catalog.auditProviders,
    ]) {
      for (const code of plugIns.codes()) expect(plugIns.find(code)).toMatchObject({ code });
    }
    for (const name of catalog.mechanisms.codes()) expect(catalog.mechanisms.find(name)).toMatchObject({ name });
  });

  it('loads what is named, what everybody needs, and nothing else', async () => {
    const named = { loginModules: ['simpleusers', 'Guess'], mappers: [], authorizationModules: [], auditProviders: [] };
    const opened = await openCatalog(named);
    expect(opened.loginModules.find('SimpleUsers')).toMatchObject({ code: 'SimpleUsers' });
    expect(opened.loginModules.find('Database')).toBeUndefined();
    expect(opened.loginModules.find('SAML2STS')).toBe('later');
    expect(opened.loginModules.codes()).toContain('Database');
    expect(opened.authorizationModules.find('Delegating')).toMatchObject({ code: 'Delegating' });
    expect(opened.auditProviders.find('File')).toMatchObject({ code: 'File' });
  });

  it.each(['Guess', '', 'constructor', 'Users Roles'])('knows nothing of %j', (code) => {
    expect(catalog.loginModules.find(code)).toBeUndefined();
    expect(catalog.mechanisms.find(code)).toBeUndefined();
    expect(catalog.auditProviders.find(code)).toBeUndefined();
    expect(catalog.securityRealms.find(code)).toBeUndefined();
  });

  it('has the other kinds of plug-ins, and knows which come later', () => {
    expect(catalog.mechanisms.find('form')).toMatchObject({ name: 'FORM' });
    expect(catalog.mechanisms.find('spnego')).toMatchObject({ name: 'SPNEGO' });
    expect(catalog.mechanisms.find('DIGEST')).toBe('later');
    expect(catalog.auditProviders.find('file')).toMatchObject({ code: 'File' });
    expect(catalog.auditProviders.find('org.jboss.security.audit.providers.LogAuditProvider')).toMatchObject({
      code: 'Log',
    });
    expect(catalog.securityRealms.find('properties')).toMatchObject({ kind: 'properties' });
    expect(catalog.securityRealms.find('ldap')).toBe('later');
  });

  it.each([
    ['HTTPBasicServerAuthModule', 'BASIC'],
    ['org.jboss.as.web.security.jaspi.modules.HTTPFormServerAuthModule', 'FORM'],
    ['HTTPClientCertServerAuthModule', 'CLIENT-CERT'],
  ])('knows the server auth module %s as %s', (code, name) => {
    expect(catalog.mechanisms.find(code)).toMatchObject({ name });
  });
});
