/** @module Real Kerberos realms on loopback: one MIT krb5kdc with a database and a port for each realm, people, services, keytabs, tickets. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startServerProcess, temporaryFolder } from './server-process.ts';

/** RFC 3962 and RFC 8009: numbers 17, 18, 19, 20. */
export const aesEnctypes = [
  'aes128-cts-hmac-sha1-96',
  'aes256-cts-hmac-sha1-96',
  'aes128-cts-hmac-sha256-128',
  'aes256-cts-hmac-sha384-192',
] as const;

export interface Kdc {
  /** The first is the default. */
  readonly realms: readonly string[];
  /** `KRB5_CONFIG` and the like: for programs that ask for tickets. */
  readonly environment: Readonly<Record<string, string>>;
  /** A person, with a password; `options` are those of kadmin's addprinc. */
  addPerson(name: string, password: string, options?: PrincipalOptions): void;
  /** A service with random keys, in a keytab of its own or in one that is there. Returns its path. */
  addService(name: string, keytab: string, options?: PrincipalOptions): string;
  /** New keys, of the next version, added to the keytab; the old ones stay in it. */
  renewKeys(name: string, keytab: string, options?: PrincipalOptions): void;
  /** Any query of kadmin.local. */
  admin(realm: string, query: string): string;
  /** The path of a file with tickets. */
  login(name: string, password: string, options?: { readonly realm?: string; readonly lifetime?: string }): string;
  /** People of either realm are known in the other. */
  trust(one: string, other: string): void;
  pause(): void;
  resume(): void;
  restart(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface PrincipalOptions {
  readonly realm?: string;
  readonly enctypes?: readonly string[];
  readonly flags?: string;
}

const trustPassword = 'Between-realms-7e4d';

export async function startKdc({
  realms = ['EXAMPLE.COM'],
}: {
  readonly realms?: readonly string[];
} = {}): Promise<Kdc> {
  const folder = temporaryFolder('kdc');
  const { path } = folder;
  const ports = new Map<string, number>();
  for (const realm of realms) ports.set(realm, await freePort());
  const [defaultRealm = ''] = realms;
  const environment = { KRB5_CONFIG: join(path, 'krb5.conf'), KRB5_KDC_PROFILE: join(path, 'kdc.conf') };
  mkdirSync(join(path, 'tickets'));
  writeFileSync(environment.KRB5_CONFIG, clientFile(defaultRealm, ports));
  writeFileSync(environment.KRB5_KDC_PROFILE, kdcFile(path, ports));
  writeFileSync(join(path, 'acl'), '');
  const run = (file: string, args: readonly string[], input?: string) =>
    execFileSync(file, args, {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  for (const realm of realms) {
    run('/usr/sbin/kdb5_util', ['-r', realm, '-P', 'master-key-31c7', 'create', '-s']);
  }
  const start = () =>
    startServerProcess({
      file: '/usr/sbin/krb5kdc',
      args: ['-n', '-P', join(path, 'pid'), ...realms.flatMap((realm) => ['-r', realm])],
      account: {},
      cwd: path,
      environment,
      ready: ports.get(defaultRealm) ?? 0,
      stopSignal: 'SIGTERM',
    });
  let running = await start();
  let logins = 0;
  const admin = (realm: string, query: string) => run('/usr/sbin/kadmin.local', ['-r', realm, '-q', query]);
  const keysOf = ({ enctypes }: PrincipalOptions) =>
    enctypes === undefined ? '' : `-e ${enctypes.map((one) => `${one}:normal`).join(',')}`;
  const addKeys = (name: string, keytab: string, options: PrincipalOptions) =>
    void admin(options.realm ?? defaultRealm, `ktadd -k ${join(path, keytab)} ${keysOf(options)} ${name}`);
  return {
    realms,
    environment,
    admin,
    addPerson(name, password, { realm = defaultRealm, flags = '', ...options } = {}) {
      admin(realm, `addprinc -pw ${password} ${keysOf(options)} ${flags} ${name}`);
    },
    addService(name, keytab, options = {}) {
      const { realm = defaultRealm, flags = '' } = options;
      admin(realm, `addprinc -randkey ${keysOf(options)} ${flags} ${name}`);
      addKeys(name, keytab, options);
      return join(path, keytab);
    },
    renewKeys: (name, keytab, options = {}) => addKeys(name, keytab, options),
    login(name, password, { realm = defaultRealm, lifetime = '1h' } = {}) {
      logins += 1;
      const file = join(path, 'tickets', `${logins}`);
      run('/usr/bin/kinit', ['-c', `FILE:${file}`, '-l', lifetime, `${name}@${realm}`], `${password}\n`);
      return file;
    },
    trust(one, other) {
      for (const [from, to] of [
        [one, other],
        [other, one],
      ]) {
        for (const at of [one, other]) admin(at, `addprinc -pw ${trustPassword} krbtgt/${to}@${from}`);
      }
    },
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
}

/** Nothing is asked of DNS: names are taken as they are written. */
function clientFile(defaultRealm: string, ports: ReadonlyMap<string, number>): string {
  const realms = [...ports].map(([realm, port]) => `  ${realm} = {\n    kdc = 127.0.0.1:${port}\n  }`);
  return `[libdefaults]
  default_realm = ${defaultRealm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 0
  permitted_enctypes = ${aesEnctypes.join(' ')}
[realms]
${realms.join('\n')}
[domain_realm]
  localhost = ${defaultRealm}
`;
}

function kdcFile(path: string, ports: ReadonlyMap<string, number>): string {
  const realms = [...ports].map(
    ([realm, port]) => `  ${realm} = {
    kdc_listen = 127.0.0.1:${port}
    kdc_tcp_listen = 127.0.0.1:${port}
    database_name = ${path}/${realm}.database
    key_stash_file = ${path}/${realm}.stash
    acl_file = ${path}/acl
    max_life = 10h
    supported_enctypes = ${aesEnctypes.map((one) => `${one}:normal`).join(' ')}
  }`,
  );
  return `[realms]
${realms.join('\n')}
[logging]
  kdc = FILE:${path}/kdc.log
`;
}
