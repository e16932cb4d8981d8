/** @module Names that people bring for plug-ins: JBoss's old class names and second codes, and the names that come later. */

/** By code; codes that are not here have one name. The classes are those of JBoss EAP 7 (jboss-facts §2.1, §4.5, §4.7, §13.1). */
export type OtherNames = Readonly<Record<string, readonly string[]>>;

const spi = (name: string) => `org.jboss.security.auth.spi.${name}LoginModule`;
const negotiation = (name: string) => `org.jboss.security.negotiation.${name}LoginModule`;
const datasource = (name: string) => `org.picketbox.datasource.security.${name}LoginModule`;
const picketLink = (name: string) => `org.picketlink.identity.federation.bindings.${name}`;
const mapping = (name: string) => `org.jboss.security.mapping.providers.${name}`;
const authorization = (name: string) => `org.jboss.security.authorization.modules.${name}AuthorizationModule`;

export const loginModuleNames: OtherNames = {
  AdvancedAdLdap: [negotiation('AdvancedAD')],
  AdvancedLdap: [negotiation('AdvancedLdap')],
  Anon: [spi('Anon')],
  Certificate: ['CertificateUsers', spi('BaseCert')],
  CertificateRoles: [spi('CertRoles')],
  Client: ['org.jboss.security.ClientLoginModule'],
  ConfiguredIdentity: [datasource('ConfiguredIdentity')],
  Database: ['DatabaseUsers', spi('DatabaseServer')],
  DatabaseCertificate: [spi('DatabaseCert')],
  Disabled: [spi('Disabled')],
  Identity: [spi('Identity')],
  Kerberos: [negotiation('Kerberos'), 'com.sun.security.auth.module.Krb5LoginModule'],
  Ldap: [spi('Ldap')],
  LdapExtended: [spi('LdapExt')],
  LdapUsers: [spi('LdapUsers')],
  PropertiesUsers: [spi('PropertiesUsers')],
  RealmDirect: ['org.jboss.as.security.RealmDirectLoginModule'],
  RealmUsersRoles: ['org.jboss.as.security.RealmUsersRolesLoginModule'],
  Remoting: ['org.jboss.as.security.remoting.RemotingLoginModule'],
  RoleMapping: [spi('RoleMapping')],
  RunAs: [spi('RunAs')],
  SAML2: [
    'SAML2LoginModule',
    picketLink('jboss.auth.SAML2LoginModule'),
    picketLink('wildfly.SAML2LoginModule'),
    picketLink('wildfly.auth.SAML2LoginModule'),
  ],
  SecureIdentity: [datasource('SecureIdentity'), 'org.jboss.resource.security.SecureIdentityLoginModule'],
  SPNEGO: ['SPNEGOUsers', negotiation('spnego.SPNEGO')],
  Simple: [spi('SimpleServer')],
  SimpleUsers: [spi('SimpleUsers')],
  UsersRoles: [spi('UsersRoles')],
};

export const mapperNames: OtherNames = {
  DatabaseRoles: [mapping('role.DatabaseRolesMappingProvider')],
  DefaultAttributeMappingProvider: [mapping('attribute.DefaultAttributeMappingProvider')],
  DeploymentRoles: [mapping('DeploymentRolesMappingProvider')],
  LdapAttributes: [mapping('attribute.LdapAttributeMappingProvider')],
  LdapRoles: [mapping('role.LdapRolesMappingProvider')],
  OptionsRoleMappingProvider: [mapping('OptionsRoleMappingProvider')],
  PropertiesRoles: [mapping('role.PropertiesRolesMappingProvider')],
  SimplePrincipalMappingProvider: [mapping('principal.SimplePrincipalMappingProvider')],
  SimpleRoles: [mapping('role.SimpleRolesMappingProvider')],
  SubjectCNMapper: [mapping('principal.SubjectCNMapper')],
  SubjectDNMapper: [mapping('principal.SubjectDNMapper')],
};

export const authorizationModuleNames: OtherNames = {
  Delegating: [authorization('Delegating')],
  DenyAll: [authorization('AllDeny')],
  JACC: [authorization('JACC')],
  PermitAll: [authorization('AllPermit')],
  Web: [authorization('web.Web')],
};

/** Server auth modules of JASPI stand for the mechanisms that they are (jboss-facts §4.8). */
export const mechanismNames: OtherNames = {
  BASIC: serverAuthModule('Basic'),
  'CLIENT-CERT': ['CLIENT_CERT', ...serverAuthModule('ClientCert')],
  FORM: serverAuthModule('Form'),
};

export const auditProviderNames: OtherNames = { Log: ['org.jboss.security.audit.providers.LogAuditProvider'] };

function serverAuthModule(name: string): readonly string[] {
  const short = `HTTP${name}ServerAuthModule`;
  return [short, `org.jboss.as.web.security.jaspi.modules.${short}`];
}

const wsTrust = (name: string) => `org.picketlink.identity.federation.core.wstrust.auth.${name}`;

/** Codes of JBoss EAP 7 with their classes (jboss-facts §2.1), then modules that have a class name only (§2.6, §2.7). */
export const laterLoginModules: readonly string[] = [
  ...['RemoteHostTrust', spi('RemoteHostTrust'), 'Proxy', spi('Proxy')],
  ...['Memory', spi('MemoryUsersRoles'), 'XML', spi('XML')],
  ...['SAML2STS', 'SAML2STSLoginModule', picketLink('jboss.auth.SAML2STSLoginModule')],
  picketLink('wildfly.auth.SAML2STSLoginModule'),
  ...['STSIssuing', 'STSIssuingLoginModule', wsTrust('STSIssuingLoginModule')],
  ...['STSValidating', 'STSValidatingLoginModule', wsTrust('STSValidatingLoginModule')],
];

/** Roles of roles that an application's descriptor names (jboss-facts §4.5). */
export const laterMappers: readonly string[] = [
  'DeploymentRoleToRolesMappingProvider',
  mapping('DeploymentRoleToRolesMappingProvider'),
];

/** jboss-facts §14. */
export const laterAuthorizationModules: readonly string[] = ['XACML', authorization('XACML')];

/** Other sources of names and passwords in a JBoss realm (jboss-facts §5.1, §5.3). */
export const laterSecurityRealms: readonly string[] = [
  ...['local', 'ldap', 'jaas', 'users', 'truststore', 'kerberos', 'plug-in'],
];

/** Undertow's other mechanisms (jboss-facts §6.4). */
export const laterMechanisms: readonly string[] = ['DIGEST', 'EXTERNAL', 'GENERIC_HEADER'];
