/** @module The Debian packages that the tests run against, each with its reason, and how they get onto the machine. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface DebianPackage {
  readonly name: string;
  /** A file that the package brings: asked instead of the package manager, so that other sources of it count too. */
  readonly file: string;
  readonly reason: string;
}

export const debianPackages: readonly DebianPackage[] = [
  { name: 'apache2', file: '/usr/sbin/apache2', reason: 'the web server of the SAML flows' },
  {
    name: 'libapache2-mod-auth-mellon',
    file: '/usr/lib/apache2/modules/mod_auth_mellon.so',
    reason: 'a SAML service provider that nobody here wrote',
  },
  { name: 'chromium', file: '/usr/bin/chromium', reason: 'the browser of the flows' },
  { name: 'xmlsec1', file: '/usr/bin/xmlsec1', reason: 'judges our XML signatures' },
  {
    name: 'opensaml-schemas',
    file: '/usr/share/xml/opensaml/saml-schema-protocol-2.0.xsd',
    reason: 'the OASIS schemas that our messages must satisfy',
  },
  {
    name: 'xmltooling-schemas',
    file: '/usr/share/xml/xmltooling/xmldsig-core-schema.xsd',
    reason: 'the W3C schemas that the OASIS ones import',
  },
  { name: 'libxml2-utils', file: '/usr/bin/xmllint', reason: 'judges canonical form and schema validity' },
  {
    name: 'openssl',
    file: '/usr/bin/openssl',
    reason: 'certificates of the TLS tests, the reference of the benchmarks',
  },
  { name: 'perl-base', file: '/usr/bin/perl', reason: 'crypt(3) of the system, whose password hashes ours verifies' },
  { name: 'python3', file: '/usr/bin/python3', reason: 'an address that takes connections and never answers' },
  { name: 'apache2-utils', file: '/usr/bin/htpasswd', reason: 'bcrypt hashes as web servers keep them' },
  {
    name: 'postgresql',
    file: '/usr/bin/pg_lsclusters',
    reason: 'a database server that the SQL login modules ask',
  },
  {
    name: 'mariadb-server',
    file: '/usr/sbin/mariadbd',
    reason: 'another database server that the SQL login modules ask',
  },
  { name: 'curl', file: '/usr/bin/curl', reason: 'the client of the smoke login and of client certificates' },
  { name: 'nginx-light', file: '/usr/sbin/nginx', reason: 'a proxy that hands on client certificates' },
  { name: 'haproxy', file: '/usr/sbin/haproxy', reason: 'a proxy that hands on client certificates' },
  { name: 'slapd', file: '/usr/sbin/slapd', reason: 'the directory of the LDAP login modules' },
  { name: 'ldap-utils', file: '/usr/bin/ldapadd', reason: 'fills that directory' },
  { name: 'krb5-kdc', file: '/usr/sbin/krb5kdc', reason: 'the MIT Kerberos realms of the desktop sign-on' },
  { name: 'krb5-user', file: '/usr/bin/kinit', reason: 'tickets of the desktops' },
  {
    name: 'libkrb5-dev',
    file: '/usr/include/gssapi/gssapi.h',
    reason: 'headers of the native GSSAPI acceptor, our oracle',
  },
  { name: 'krb5-admin-server', file: '/usr/sbin/kadmin.local', reason: 'fills those realms' },
  {
    name: 'libapache2-mod-auth-gssapi',
    file: '/usr/lib/apache2/modules/mod_auth_gssapi.so',
    reason: 'a SPNEGO acceptor that nobody here wrote',
  },
  {
    name: 'libapache2-mod-shib',
    file: '/usr/lib/apache2/modules/mod_shib.so',
    reason: 'another SAML service provider that nobody here wrote',
  },
  {
    name: 'simplesamlphp',
    file: '/usr/share/simplesamlphp/www/saml2/idp/SSOService.php',
    reason: 'a SAML identity provider that nobody here wrote',
  },
  {
    name: 'php-xml',
    file: '/usr/share/doc/php-xml/copyright',
    reason: 'XML for simplesamlphp, which its package does not ask for',
  },
  { name: 'php-mbstring', file: '/usr/share/doc/php-mbstring/copyright', reason: 'the same for its texts' },
  { name: 'php-sqlite3', file: '/usr/share/doc/php-sqlite3/copyright', reason: 'the sessions of simplesamlphp' },
  { name: 'liblasso-perl', file: '/usr/share/doc/liblasso-perl/copyright', reason: 'SAML for lemonldap-ng' },
  {
    name: 'lemonldap-ng',
    file: '/usr/share/lemonldap-ng/portal/htdocs/index.fcgi',
    reason: 'another SAML identity provider that nobody here wrote',
  },
  {
    name: 'libxml-simple-perl',
    file: '/usr/share/perl5/XML/Simple.pm',
    reason: 'SAML of lemonldap-ng, which its package does not ask for',
  },
  { name: 'libio-string-perl', file: '/usr/share/perl5/IO/String.pm', reason: 'the same' },
  { name: 'samba', file: '/usr/sbin/samba', reason: 'an Active Directory domain controller for AdvancedAdLdap' },
  { name: 'samba-ad-provision', file: '/usr/share/samba/setup/provision.ldif', reason: 'what a new domain is made of' },
  {
    name: 'samba-dsdb-modules',
    file: '/usr/share/doc/samba-dsdb-modules/copyright',
    reason: 'the rules of the domain controller’s database',
  },
  {
    name: 'samba-vfs-modules',
    file: '/usr/share/doc/samba-vfs-modules/copyright',
    reason: 'file systems that a new domain is made on',
  },
  { name: 'redis-server', file: '/usr/bin/redis-server', reason: 'the stream that audit records go to' },
  { name: 'rsyslog', file: '/usr/sbin/rsyslogd', reason: 'the collector that audit records go to by syslog' },
  {
    name: 'rsyslog-gnutls',
    file: '/usr/share/doc/rsyslog-gnutls/copyright',
    reason: 'syslog over TLS',
  },
  { name: 'oathtool', file: '/usr/bin/oathtool', reason: 'an authenticator that nobody here wrote' },
  {
    name: 'softhsm2',
    file: '/usr/lib/softhsm/libsofthsm2.so',
    reason: 'a PKCS#11 token: the second implementation of signers',
  },
  { name: 'opensc', file: '/usr/bin/pkcs11-tool', reason: 'signs with that token' },
  { name: 'ldb-tools', file: '/usr/bin/ldbmodify', reason: 'fills that database' },
];

/** What `ensurePackages` needs of the machine. */
export interface Machine {
  exists(path: string): boolean;
  readonly isRoot: boolean;
  /** Runs a command with its output shown; true when it ended well. */
  run(file: string, args: readonly string[]): boolean;
  tell(line: string): void;
}

/** The real machine. */
export function thisMachine(): Machine {
  return {
    exists: existsSync,
    isRoot: process.getuid?.() === 0,
    run(file, args) {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      return spawnSync(file, args, { stdio: ['ignore', 2, 2], env }).status === 0;
    },
    tell: (line) => console.error(line),
  };
}

/** Another apt may be at work, such as the machine's own upgrade; after this long the run fails with apt's message. */
const LOCK_WAIT_SECONDS = 300;

/** Installs what is missing when it may; true when everything is there afterwards. */
export function ensurePackages(machine: Machine, packages: readonly DebianPackage[] = debianPackages): boolean {
  const missing = packages.filter((one) => !machine.exists(one.file));
  if (missing.length === 0) return true;
  const names = missing.map((one) => one.name);
  if (!machine.isRoot || !machine.exists('/usr/bin/apt-get')) {
    machine.tell('The tests need these Debian packages:');
    for (const one of missing) machine.tell(`  ${one.name} (${one.reason}): no ${one.file}`);
    machine.tell(`Install them: sudo apt-get install --no-install-recommends ${names.join(' ')}`);
    return false;
  }
  machine.tell(`Installing ${names.join(' ')} …`);
  const common = ['-q', '-o', `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`];
  // A failed update is not the end: the lists that are there may do.
  if (!machine.run('/usr/bin/apt-get', [...common, 'update']))
    machine.tell('apt-get update failed: going on with old lists');
  const installed = machine.run('/usr/bin/apt-get', [...common, 'install', '-y', '--no-install-recommends', ...names]);
  const absent = missing.filter((one) => !machine.exists(one.file));
  if (installed && absent.length === 0) return true;
  for (const one of absent) machine.tell(`Could not install ${one.name} (${one.reason}): no ${one.file}`);
  if (!installed) machine.tell('apt-get install failed');
  return false;
}
