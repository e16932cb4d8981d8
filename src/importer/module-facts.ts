/** @module What JBoss's login modules and their options become: where ours are stricter (ADR 9, ADR 14), and which options decide. */

/** Options of JBoss that change no decision here (jboss-facts §1.3, §2.4, §3), and why. */
const withoutEffect: Readonly<Record<string, string>> = {
  principalClass: 'principals have no Java class here',
  principalClassModule: 'principals have no Java class here',
  module: 'there is no class loader',
  'jboss.security.security_domain': 'JBoss sets it itself',
  throwValidateError: 'the trace names the cause in any case',
  'java.naming.ldap.version': 'always LDAP 3',
  'java.naming.batchsize': 'results are read in pages',
  'com.sun.jndi.ldap.connect.pool': 'connections are always kept in a pool',
  managedConnectionFactoryName: 'there is no resource adapter',
};

/** Values that JBoss allows and Gatehouse has not, where leaving them out can only refuse more. */
const stricter: Readonly<Record<string, string>> = {
  allowEmptyPasswords: 'an empty password is never sent to a directory: it would be an anonymous bind',
  allowEmptyPassword: 'an empty password is never sent to a directory: it would be an anonymous bind',
  verifier: 'a Java class decided which certificates are believed; here the truststore does',
};

/** JBoss reads them and they change who gets in or what roles he has: a module cannot be kept without them. */
const deciding: readonly string[] = [
  'inputValidator',
  'digestCallback',
  'storeDigestCallback',
  'jaasSecurityDomain',
  'referralUserAttributeIDToCheck',
  'legacyCreatePasswordHash',
  'hashAlgorithm',
  'bindAuthentication',
  'realm',
];

export type Unkept = { readonly fate: 'without-effect' | 'stricter' | 'unknown' | 'decides'; readonly why: string };

/**
 * An option that our module has not, or not with this value. `isKnown`: our module has the option, so that its value is what
 * is wrong.
 */
export function unkeptOption(name: string, value: string | undefined, isKnown: boolean, complaint: string): Unkept {
  const strict = stricter[name];
  if (strict !== undefined) return { fate: 'stricter', why: strict };
  const harmless = withoutEffect[name];
  if (harmless !== undefined) return { fate: 'without-effect', why: harmless };
  if (name === 'legacyCreatePasswordHash' && value?.toLowerCase() === 'false') {
    return { fate: 'without-effect', why: 'false is how it is here' };
  }
  if (isKnown) return { fate: 'decides', why: complaint };
  if (deciding.includes(name) || /^(?:java\.naming|com\.sun)\./.test(name)) {
    return { fate: 'decides', why: 'not in this version, and logins depend on it' };
  }
  return {
    fate: 'unknown',
    why: 'no option of this module: JBoss only warned of it, and it had no effect; Gatehouse would refuse to start',
  };
}

/** Options whose value is a secret. */
export const secretOptions: readonly string[] = [
  'bindCredential',
  'java.naming.security.credentials',
  'password',
  'sharedSecret',
];

/** Options that name a file of users or roles, by module code. */
export function fileOptions(code: string): readonly string[] {
  switch (code) {
    case 'UsersRoles':
    case 'RealmUsersRoles':
      return ['usersProperties', 'rolesProperties', 'defaultUsersProperties', 'defaultRolesProperties'];
    case 'PropertiesUsers':
      return ['usersProperties', 'properties', 'defaultUsersProperties'];
    case 'CertificateRoles':
      return ['rolesProperties', 'defaultRolesProperties'];
    case 'Kerberos':
      return ['keyTab'];
    case 'RoleMapping':
    case 'PropertiesRoles':
      return ['rolesProperties'];
    default:
      return [];
  }
}

/** The files that a module reads though no option names them. */
export function defaultFiles(code: string, has: (option: string) => boolean): Readonly<Record<string, string>> {
  const users = { usersProperties: 'users.properties' };
  const roles = { rolesProperties: 'roles.properties' };
  switch (code) {
    case 'UsersRoles':
    case 'RealmUsersRoles':
      return { ...users, ...roles };
    case 'PropertiesUsers':
      return has('properties') ? {} : users;
    case 'CertificateRoles':
    case 'PropertiesRoles':
      return roles;
    default:
      return {};
  }
}

const storedPasswords =
  'an empty stored password never matches, what looks like a hash never counts as plain, and names with control characters or more than 1,024 characters are refused';
const directory = 'several entries of one name are refused, and referrals lead to configured servers only';
const outbound = 'it refuses every login: in JBoss it let everybody in, though it is for connections that go out';

/** Where our module is stricter by itself, by code: ADR 9 and ADR 14. */
export const stricterModules: Readonly<Record<string, string>> = {
  UsersRoles: `${storedPasswords}; the files are UTF-8`,
  RealmUsersRoles: storedPasswords,
  PropertiesUsers: `${storedPasswords}; the file is UTF-8`,
  SimpleUsers: 'an empty stored password never matches, and reserved option names are no users',
  Database: `${storedPasswords}; several rows that disagree are refused`,
  DatabaseCertificate: 'the truststore validates the whole path of a certificate',
  Certificate: 'the truststore validates the whole path of a certificate',
  CertificateRoles: 'the truststore validates the whole path of a certificate',
  Ldap: directory,
  LdapExtended: directory,
  LdapUsers: directory,
  AdvancedLdap: directory,
  AdvancedAdLdap: directory,
  SPNEGO: 'removeRealmFromPrincipal takes the realm of the service away and no other',
  Client: 'it has no opinion unless an earlier module has proved somebody; in JBoss it let everybody in',
  ConfiguredIdentity: outbound,
  SecureIdentity: outbound,
  Identity: 'it does not replace a name that an earlier module has proved',
  RunAs: 'it adds the groups RunAs and RunAsRoles only: nothing goes out under its identity',
  RoleMapping: 'one substitution over the roles that were there before, where JBoss depended on hash order',
};

/** Modules that let in who shows nothing worth: the report says so. */
export const openModules: readonly string[] = ['Identity', 'Simple'];
