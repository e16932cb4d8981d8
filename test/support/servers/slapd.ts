/** @module A real OpenLDAP on loopback: LDAP, StartTLS and LDAPS by an authority of its own, people, nested groups, a password policy. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../../adapters/certificate-authority.ts';
import { untilAccepted } from './accepting.ts';
import { freePort, startServerProcess, temporaryFolder } from './server-process.ts';
import { peopleLdif, suffix } from './slapd-people.ts';

export interface Slapd {
  readonly url: string;
  readonly secureUrl: string;
  /** Of the authority that signed the server's certificate, PEM. */
  readonly ca: string;
  readonly suffix: string;
  readonly service: { readonly dn: string; readonly password: string };
  /** Adds entries. */
  add(ldif: string): void;
  /** LDIF with changetype. */
  modify(ldif: string): void;
  pause(): void;
  resume(): void;
  restart(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export const servicePassword = 'service-secret-41d7';

export interface SlapdOptions {
  /** The tree that it has, and the entries in it. Default: `slapd-people.ts`. */
  readonly tree?: { readonly suffix: string; readonly ldif: string };
}

export async function startSlapd({ tree }: SlapdOptions = {}): Promise<Slapd> {
  const folder = temporaryFolder('slapd');
  const { path } = folder;
  mkdirSync(join(path, 'db'));
  const base = tree?.suffix ?? suffix;
  const service = { dn: `cn=sso,${base}`, password: servicePassword };
  const authority = createAuthority(path);
  const ca = authority.issue('ca', { ca: true });
  authority.issue('server', { issuer: ca, san: 'DNS:localhost,IP:127.0.0.1' });
  writeFileSync(join(path, 'slapd.conf'), configuration(path, base));
  const [port, securePort] = [await freePort(), await freePort()];
  const url = `ldap://127.0.0.1:${port}`;
  const secureUrl = `ldaps://127.0.0.1:${securePort}`;
  const start = async () => {
    const child = await startServerProcess({
      file: '/usr/sbin/slapd',
      // This level says that it is up, and nothing of what it does.
      args: ['-d', '1024', '-f', join(path, 'slapd.conf'), '-h', `${url} ${secureUrl}`],
      account: {},
      cwd: path,
      ready: /slapd starting/,
      stopSignal: 'SIGINT',
    });
    await untilAccepted('127.0.0.1', port);
    return child;
  };
  let running = await start();
  const client = (tool: string, options: readonly string[], ldif: string) =>
    void execFileSync(tool, ['-x', '-H', url, '-D', `cn=admin,${base}`, '-w', 'admin-secret', ...options], {
      input: ldif,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const server: Slapd = {
    url,
    secureUrl,
    ca: ca.cert,
    suffix: base,
    service,
    // With ManageDsaIT: a referral is an entry to be added and not one to be followed.
    add: (ldif) => client('ldapadd', ['-M'], ldif),
    modify: (ldif) => client('ldapmodify', ['-M'], ldif),
    pause: () => running.pause(),
    resume: () => running.resume(),
    async restart() {
      await running.stop();
      running = await start();
    },
    stop: () => running.stop(),
    async close() {
      await running.stop();
      folder.remove();
    },
  };
  try {
    // Over the protocol: slapadd would leave out what the overlays add, such as memberOf.
    client('ldapadd', [], `${serviceLdif(base)}\n${tree?.ldif ?? peopleLdif()}`);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

function serviceLdif(base: string): string {
  const [, name, value] = /^(\w+)=([^,]+)/.exec(base) ?? [];
  const top = name === 'dc' ? `objectClass: domain\ndc: ${value}` : `objectClass: organizationalUnit\nou: ${value}`;
  return `dn: ${base}
${top}

dn: cn=sso,${base}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: sso
userPassword: ${servicePassword}
`;
}

/** Nobody reads without a bind: an answer shows that somebody was bound. */
function configuration(path: string, base: string): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile ${path}/pid
TLSCertificateFile ${path}/server.crt
TLSCertificateKeyFile ${path}/server.key
threads 4
sizelimit size.soft=1000 size.hard=1000 size.prtotal=unlimited
database mdb
suffix ${base}
rootdn cn=admin,${base}
rootpw admin-secret
directory ${path}/db
maxsize 268435456
dbnosync
index objectClass,uid,member eq
overlay memberof
memberof-group-oc groupOfNames
overlay ppolicy
ppolicy_default cn=default,ou=policies,${base}
ppolicy_use_lockout
access to attrs=userPassword by self write by anonymous auth by * none
access to * by users read by anonymous auth by * none
`;
}
