/** @module The catalogue: the one list of every plug-in, and of the names of JBoss's that this version does not have. */
import { advancedAdLdap } from '../login-modules/advanced-ad-ldap.ts';
import { advancedLdap } from '../login-modules/advanced-ldap.ts';
import { anon } from '../login-modules/anon.ts';
import { certificate } from '../login-modules/certificate.ts';
import { certificateRoles } from '../login-modules/certificate-roles.ts';
import { client } from '../login-modules/client.ts';
import { configuredIdentity } from '../login-modules/configured-identity.ts';
import { database } from '../login-modules/database.ts';
import { databaseCertificate } from '../login-modules/database-certificate.ts';
import { disabled } from '../login-modules/disabled.ts';
import { identity } from '../login-modules/identity.ts';
import { ldap } from '../login-modules/ldap.ts';
import { ldapExtended } from '../login-modules/ldap-extended.ts';
import { ldapUsers } from '../login-modules/ldap-users.ts';
import { propertiesUsers } from '../login-modules/properties-users.ts';
import { realmDirect } from '../login-modules/realm-direct.ts';
import { realmUsersRoles } from '../login-modules/realm-users-roles.ts';
import { remoting } from '../login-modules/remoting.ts';
import { roleMapping } from '../login-modules/role-mapping.ts';
import { runAs } from '../login-modules/run-as.ts';
import { secureIdentity } from '../login-modules/secure-identity.ts';
import { simple } from '../login-modules/simple.ts';
import { simpleUsers } from '../login-modules/simple-users.ts';
import { totp } from '../login-modules/totp.ts';
import { usersRoles } from '../login-modules/users-roles.ts';
import { propertiesRealm } from '../realms/properties.ts';
import { fileAudit } from './plugins/auditors/file.ts';
import { logAudit } from './plugins/auditors/log.ts';
import { redisAudit } from './plugins/auditors/redis.ts';
import { syslogAudit } from './plugins/auditors/syslog.ts';
import { databaseRoles } from './plugins/mappers/database-roles.ts';
import { defaultAttributeMappingProvider } from './plugins/mappers/default-attribute-mapping-provider.ts';
import { deploymentRoles } from './plugins/mappers/deployment-roles.ts';
import { ldapAttributes } from './plugins/mappers/ldap-attributes.ts';
import { ldapRoles } from './plugins/mappers/ldap-roles.ts';
import { optionsRoleMappingProvider } from './plugins/mappers/options-role-mapping-provider.ts';
import { propertiesRoles } from './plugins/mappers/properties-roles.ts';
import { simplePrincipalMappingProvider } from './plugins/mappers/simple-principal-mapping-provider.ts';
import { simpleRoles } from './plugins/mappers/simple-roles.ts';
import { subjectCnMapper } from './plugins/mappers/subject-cn-mapper.ts';
import { subjectDnMapper } from './plugins/mappers/subject-dn-mapper.ts';
import { basic } from './plugins/mechanisms/basic.ts';
import { clientCert } from './plugins/mechanisms/client-cert.ts';
import { form } from './plugins/mechanisms/form.ts';
import { delegating } from './plugins/policies/delegating.ts';
import { denyAll } from './plugins/policies/deny-all.ts';
import { jacc } from './plugins/policies/jacc.ts';
import { permitAll } from './plugins/policies/permit-all.ts';
import { web } from './plugins/policies/web.ts';
import type { AuditProviderFactory } from './spi/audit.ts';
import type { AuthorizationModuleFactory } from './spi/authorization.ts';
import type { CatalogAnswer } from './spi/catalog-answer.ts';
import type { HttpMechanismFactory } from './spi/http-mechanism.ts';
import type { LoginModuleFactory } from './spi/login-module.ts';
import type { MapperFactory } from './spi/mapping.ts';
import type { SecurityRealmFactory } from './spi/security-realm.ts';

export const loginModules: readonly LoginModuleFactory[] = [
  advancedAdLdap,
  advancedLdap,
  anon,
  certificate,
  certificateRoles,
  client,
  configuredIdentity,
  database,
  databaseCertificate,
  disabled,
  identity,
  ldap,
  ldapExtended,
  ldapUsers,
  propertiesUsers,
  realmDirect,
  realmUsersRoles,
  remoting,
  roleMapping,
  runAs,
  secureIdentity,
  simple,
  simpleUsers,
  totp,
  usersRoles,
];
export const mappers: readonly MapperFactory[] = [
  databaseRoles,
  defaultAttributeMappingProvider,
  deploymentRoles,
  ldapAttributes,
  ldapRoles,
  optionsRoleMappingProvider,
  propertiesRoles,
  simplePrincipalMappingProvider,
  simpleRoles,
  subjectCnMapper,
  subjectDnMapper,
];
export const authorizationModules: readonly AuthorizationModuleFactory[] = [delegating, denyAll, jacc, permitAll, web];
export const securityRealms: readonly SecurityRealmFactory[] = [propertiesRealm];
export const mechanisms: readonly HttpMechanismFactory[] = [basic, clientCert, form];
export const auditProviders: readonly AuditProviderFactory[] = [fileAudit, logAudit, redisAudit, syslogAudit];

/** By code or old class name, in any case; as do the others. */
export function loginModule(code: string): CatalogAnswer<LoginModuleFactory> {
  return (
    loginModules.find((factory) => isOneOf([factory.code, ...factory.aliases], code)) ??
    laterIn(laterLoginModules.flat(), code)
  );
}

export function loginModuleCodes(): readonly string[] {
  return loginModules.map(({ code }) => code);
}

export function mapper(code: string): CatalogAnswer<MapperFactory> {
  return mappers.find((one) => isOneOf([one.code, ...one.aliases], code)) ?? laterIn(laterMappers, code);
}

export function mapperCodes(): readonly string[] {
  return mappers.map(({ code }) => code);
}

export function authorizationModule(code: string): CatalogAnswer<AuthorizationModuleFactory> {
  return (
    authorizationModules.find((one) => isOneOf([one.code, ...one.aliases], code)) ??
    laterIn(laterAuthorizationModules, code)
  );
}

export function authorizationModuleCodes(): readonly string[] {
  return authorizationModules.map(({ code }) => code);
}

export function securityRealm(kind: string): CatalogAnswer<SecurityRealmFactory> {
  return securityRealms.find((factory) => isOneOf([factory.kind], kind)) ?? laterIn(laterSecurityRealms, kind);
}

export function mechanism(name: string): CatalogAnswer<HttpMechanismFactory> {
  return (
    mechanisms.find((factory) => isOneOf([factory.name, ...factory.aliases], name)) ?? laterIn(laterMechanisms, name)
  );
}

export function mechanismNames(): readonly string[] {
  return mechanisms.map(({ name }) => name);
}

export function auditProvider(code: string): CatalogAnswer<AuditProviderFactory> {
  return auditProviders.find((factory) => isOneOf([factory.code, ...factory.aliases], code));
}

export function auditProviderCodes(): readonly string[] {
  return auditProviders.map(({ code }) => code);
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.some((known) => known.toLowerCase() === name.toLowerCase());
}

function laterIn(names: readonly string[], name: string): 'later' | undefined {
  return isOneOf(names, name) ? 'later' : undefined;
}

/** Codes of JBoss EAP 7 with their classes (jboss-facts §2.1), then modules that have a class name only (§2.6, §2.7). */
const laterLoginModules: readonly (readonly string[])[] = [
  ['Kerberos', 'org.jboss.security.negotiation.KerberosLoginModule', 'com.sun.security.auth.module.Krb5LoginModule'],
  ['SPNEGO', 'SPNEGOUsers', 'org.jboss.security.negotiation.spnego.SPNEGOLoginModule'],
  ['RemoteHostTrust', 'org.jboss.security.auth.spi.RemoteHostTrustLoginModule'],
  ['Proxy', 'org.jboss.security.auth.spi.ProxyLoginModule'],
  ['Memory', 'org.jboss.security.auth.spi.MemoryUsersRolesLoginModule'],
  ['XML', 'org.jboss.security.auth.spi.XMLLoginModule'],
  [
    'SAML2',
    'SAML2LoginModule',
    'org.picketlink.identity.federation.bindings.jboss.auth.SAML2LoginModule',
    'org.picketlink.identity.federation.bindings.wildfly.SAML2LoginModule',
  ],
  [
    'SAML2STS',
    'SAML2STSLoginModule',
    'org.picketlink.identity.federation.bindings.jboss.auth.SAML2STSLoginModule',
    'org.picketlink.identity.federation.bindings.wildfly.auth.SAML2STSLoginModule',
  ],
  ['STSIssuing', 'STSIssuingLoginModule', 'org.picketlink.identity.federation.core.wstrust.auth.STSIssuingLoginModule'],
  [
    'STSValidating',
    'STSValidatingLoginModule',
    'org.picketlink.identity.federation.core.wstrust.auth.STSValidatingLoginModule',
  ],
];

/** Roles of roles that an application's descriptor names (jboss-facts §4.5). */
const laterMappers: readonly string[] = [
  'DeploymentRoleToRolesMappingProvider',
  'org.jboss.security.mapping.providers.DeploymentRoleToRolesMappingProvider',
];

/** jboss-facts §14. */
const laterAuthorizationModules: readonly string[] = [
  'XACML',
  'org.jboss.security.authorization.modules.XACMLAuthorizationModule',
];

/** Other sources of names and passwords in a JBoss realm (jboss-facts §5.1, §5.3). */
const laterSecurityRealms: readonly string[] = ['local', 'ldap', 'jaas', 'users', 'truststore', 'kerberos', 'plug-in'];

/** Undertow's other mechanisms (jboss-facts §6.4). */
const laterMechanisms: readonly string[] = ['DIGEST', 'EXTERNAL', 'GENERIC_HEADER', 'SPNEGO'];
