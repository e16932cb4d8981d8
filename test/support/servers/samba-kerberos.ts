/** @module Tickets of an Active Directory: its realm for MIT's client, a keytab of its service, people logged in. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSamba } from './samba.ts';
import { adPassword, realm } from './samba-people.ts';
import { temporaryFolder } from './server-process.ts';

export interface SambaRealm {
  readonly environment: Readonly<Record<string, string>>;
  /** Of `HTTP/localhost`. */
  readonly keytab: string;
  /** The path of a file with tickets. */
  login(name: string): string;
  /** Of a group, by its name. */
  groupSid(name: string): string;
  close(): Promise<void>;
}

export async function startSambaRealm(): Promise<SambaRealm> {
  const samba = await startSamba();
  const folder = temporaryFolder('samba-kerberos');
  const environment = { KRB5_CONFIG: join(folder.path, 'krb5.conf') };
  writeFileSync(
    environment.KRB5_CONFIG,
    `[libdefaults]
  default_realm = ${realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${realm} = {
    kdc = ${samba.address}
  }
`,
  );
  const keytab = join(folder.path, 'http.keytab');
  samba.tool('domain', 'exportkeytab', keytab, '--principal=HTTP/localhost');
  return {
    environment,
    keytab,
    login(name) {
      const file = join(folder.path, `${name}.tickets`);
      execFileSync('/usr/bin/kinit', ['-c', `FILE:${file}`, `${name}@${realm}`], {
        env: { ...process.env, ...environment },
        input: `${adPassword}\n`,
        stdio: 'pipe',
      });
      return file;
    },
    groupSid: (name) => /^objectSid: (\S+)$/m.exec(samba.tool('group', 'show', name))?.[1] ?? '',
    async close() {
      await samba.close();
      folder.remove();
    },
  };
}
