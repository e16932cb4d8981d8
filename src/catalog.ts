/** @module The catalogue: the one list of every plug-in. A plug-in is loaded when a configuration names it. */
import {
  auditProviderNames,
  authorizationModuleNames,
  laterAuthorizationModules,
  laterLoginModules,
  laterMappers,
  laterMechanisms,
  laterSecurityRealms,
  loginModuleNames,
  mapperNames,
  mechanismNames,
  type OtherNames,
} from './catalog-names.ts';
import type { AuditProviderFactory } from './spi/audit.ts';
import type { AuthorizationModuleFactory } from './spi/authorization.ts';
import type { PlugIns } from './spi/catalog-answer.ts';
import type { HttpMechanismFactory } from './spi/http-mechanism.ts';
import type { LoginModuleFactory } from './spi/login-module.ts';
import type { MapperFactory } from './spi/mapping.ts';
import type { SecurityRealmFactory } from './spi/security-realm.ts';

/** By code, to the letter. */
type Loaders<F> = Readonly<Record<string, () => Promise<F>>>;

const loginModules: Loaders<LoginModuleFactory> = {
  AdvancedAdLdap: async () => (await import('../login-modules/advanced-ad-ldap.ts')).advancedAdLdap,
  AdvancedLdap: async () => (await import('../login-modules/advanced-ldap.ts')).advancedLdap,
  Anon: async () => (await import('../login-modules/anon.ts')).anon,
  Certificate: async () => (await import('../login-modules/certificate.ts')).certificate,
  CertificateRoles: async () => (await import('../login-modules/certificate-roles.ts')).certificateRoles,
  Client: async () => (await import('../login-modules/client.ts')).client,
  ConfiguredIdentity: async () => (await import('../login-modules/configured-identity.ts')).configuredIdentity,
  Database: async () => (await import('../login-modules/database.ts')).database,
  DatabaseCertificate: async () => (await import('../login-modules/database-certificate.ts')).databaseCertificate,
  Disabled: async () => (await import('../login-modules/disabled.ts')).disabled,
  Identity: async () => (await import('../login-modules/identity.ts')).identity,
  Kerberos: async () => (await import('../login-modules/kerberos.ts')).kerberos,
  Ldap: async () => (await import('../login-modules/ldap.ts')).ldap,
  LdapExtended: async () => (await import('../login-modules/ldap-extended.ts')).ldapExtended,
  LdapUsers: async () => (await import('../login-modules/ldap-users.ts')).ldapUsers,
  PropertiesUsers: async () => (await import('../login-modules/properties-users.ts')).propertiesUsers,
  RealmDirect: async () => (await import('../login-modules/realm-direct.ts')).realmDirect,
  RealmUsersRoles: async () => (await import('../login-modules/realm-users-roles.ts')).realmUsersRoles,
  Remoting: async () => (await import('../login-modules/remoting.ts')).remoting,
  RoleMapping: async () => (await import('../login-modules/role-mapping.ts')).roleMapping,
  RunAs: async () => (await import('../login-modules/run-as.ts')).runAs,
  SAML2: async () => (await import('../login-modules/saml2.ts')).saml2,
  SecureIdentity: async () => (await import('../login-modules/secure-identity.ts')).secureIdentity,
  Simple: async () => (await import('../login-modules/simple.ts')).simple,
  SimpleUsers: async () => (await import('../login-modules/simple-users.ts')).simpleUsers,
  SPNEGO: async () => (await import('../login-modules/spnego.ts')).spnego,
  Totp: async () => (await import('../login-modules/totp.ts')).totp,
  UsersRoles: async () => (await import('../login-modules/users-roles.ts')).usersRoles,
};

const mappers: Loaders<MapperFactory> = {
  DatabaseRoles: async () => (await import('./plugins/mappers/database-roles.ts')).databaseRoles,
  DefaultAttributeMappingProvider: async () =>
    (await import('./plugins/mappers/default-attribute-mapping-provider.ts')).defaultAttributeMappingProvider,
  DeploymentRoles: async () => (await import('./plugins/mappers/deployment-roles.ts')).deploymentRoles,
  LdapAttributes: async () => (await import('./plugins/mappers/ldap-attributes.ts')).ldapAttributes,
  LdapRoles: async () => (await import('./plugins/mappers/ldap-roles.ts')).ldapRoles,
  OptionsRoleMappingProvider: async () =>
    (await import('./plugins/mappers/options-role-mapping-provider.ts')).optionsRoleMappingProvider,
  PropertiesRoles: async () => (await import('./plugins/mappers/properties-roles.ts')).propertiesRoles,
  SimplePrincipalMappingProvider: async () =>
    (await import('./plugins/mappers/simple-principal-mapping-provider.ts')).simplePrincipalMappingProvider,
  SimpleRoles: async () => (await import('./plugins/mappers/simple-roles.ts')).simpleRoles,
  SubjectCNMapper: async () => (await import('./plugins/mappers/subject-cn-mapper.ts')).subjectCnMapper,
  SubjectDNMapper: async () => (await import('./plugins/mappers/subject-dn-mapper.ts')).subjectDnMapper,
};

const authorizationModules: Loaders<AuthorizationModuleFactory> = {
  Delegating: async () => (await import('./plugins/policies/delegating.ts')).delegating,
  DenyAll: async () => (await import('./plugins/policies/deny-all.ts')).denyAll,
  JACC: async () => (await import('./plugins/policies/jacc.ts')).jacc,
  PermitAll: async () => (await import('./plugins/policies/permit-all.ts')).permitAll,
  Web: async () => (await import('./plugins/policies/web.ts')).web,
};

const auditProviders: Loaders<AuditProviderFactory> = {
  File: async () => (await import('./plugins/auditors/file.ts')).fileAudit,
  Log: async () => (await import('./plugins/auditors/log.ts')).logAudit,
  Redis: async () => (await import('./plugins/auditors/redis.ts')).redisAudit,
  Syslog: async () => (await import('./plugins/auditors/syslog.ts')).syslogAudit,
};

const mechanisms: Loaders<HttpMechanismFactory> = {
  BASIC: async () => (await import('./plugins/mechanisms/basic.ts')).basic,
  'CLIENT-CERT': async () => (await import('./plugins/mechanisms/client-cert.ts')).clientCert,
  FORM: async () => (await import('./plugins/mechanisms/form.ts')).form,
  SAML: async () => (await import('./plugins/mechanisms/saml.ts')).saml,
  SPNEGO: async () => (await import('./plugins/mechanisms/spnego.ts')).spnego,
};

const securityRealms: Loaders<SecurityRealmFactory> = {
  properties: async () => (await import('../realms/properties.ts')).propertiesRealm,
};

/** Their codes, to the letter. */
export const builtInLoginModules: readonly string[] = Object.keys(loginModules);

export interface Catalog {
  readonly loginModules: PlugIns<LoginModuleFactory>;
  readonly mappers: PlugIns<MapperFactory>;
  readonly authorizationModules: PlugIns<AuthorizationModuleFactory>;
  readonly auditProviders: PlugIns<AuditProviderFactory>;
  readonly mechanisms: PlugIns<HttpMechanismFactory>;
  readonly securityRealms: PlugIns<SecurityRealmFactory>;
}

/** Codes as they are written, known or not; other names count too. */
export interface NamedCodes {
  readonly loginModules: readonly string[];
  readonly mappers: readonly string[];
  readonly authorizationModules: readonly string[];
  readonly auditProviders: readonly string[];
}

/** What a domain has where it names nothing (jboss-facts §4.3), and where the server records what it does. */
const unnamed = { authorizationModules: ['Delegating'], auditProviders: ['File'] } as const;

/**
 * The catalogue with the plug-ins that are named, and those that everybody needs. The others are there as names: they are found
 * as `undefined`. Without an argument all are loaded.
 */
export async function openCatalog(named?: NamedCodes): Promise<Catalog> {
  const { authorizationModules: policies, auditProviders: auditors } = unnamed;
  const [login, mapping, authorization, audit, mechanism, realm] = await Promise.all([
    shelf(loginModules, { other: loginModuleNames, later: laterLoginModules }, named?.loginModules),
    shelf(mappers, { other: mapperNames, later: laterMappers }, named?.mappers),
    shelf(
      authorizationModules,
      { other: authorizationModuleNames, later: laterAuthorizationModules },
      named && [...named.authorizationModules, ...policies],
    ),
    shelf(auditProviders, { other: auditProviderNames, later: [] }, named && [...named.auditProviders, ...auditors]),
    shelf(mechanisms, { other: mechanismNames, later: laterMechanisms }),
    shelf(securityRealms, { other: {}, later: laterSecurityRealms }),
  ]);
  return {
    loginModules: login,
    mappers: mapping,
    authorizationModules: authorization,
    auditProviders: audit,
    mechanisms: mechanism,
    securityRealms: realm,
  };
}

interface Names {
  readonly other: OtherNames;
  readonly later: readonly string[];
}

async function shelf<F>(loaders: Loaders<F>, { other, later }: Names, named?: readonly string[]): Promise<PlugIns<F>> {
  const codes = Object.keys(loaders);
  const codeOf = new Map(
    codes.flatMap((code) => [code, ...(other[code] ?? [])].map((name) => [name.toLowerCase(), code] as const)),
  );
  const wanted = new Set(named === undefined ? codes : named.map((name) => codeOf.get(name.toLowerCase())));
  const loaded = new Map<string, F>();
  await Promise.all(
    Object.entries(loaders).map(async ([code, load]) => {
      if (wanted.has(code)) loaded.set(code, await load());
    }),
  );
  const comesLater = new Set(later.map((name) => name.toLowerCase()));
  return {
    find(name) {
      const written = name.toLowerCase();
      const code = codeOf.get(written);
      if (code === undefined) return comesLater.has(written) ? 'later' : undefined;
      return loaded.get(code);
    },
    codes: () => codes,
  };
}
