/** @module A real Active Directory on loopback: Samba as domain controller, with LDAP, StartTLS and LDAPS by an authority of its own. */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../../adapters/certificate-authority.ts';
import { runFolder } from '../run-folder.ts';
import { shortPause, untilAccepted } from './accepting.ts';
import { domainName, peopleLdif, realm } from './samba-people.ts';
import { startServerProcess, temporaryFolder } from './server-process.ts';

export interface Samba {
  readonly url: string;
  readonly secureUrl: string;
  readonly ca: string;
  /** Of the key distribution centre, at port 88; LDAP is there too. */
  readonly address: string;
  /** `samba-tool` on its database, as root of the domain. */
  tool(...args: readonly string[]): string;
  close(): Promise<void>;
}

/** Its own Python has Samba's modules; another one on the path has not. */
const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
const administratorPassword = 'Administrator-1!';

const run = (file: string, args: readonly string[]) =>
  execFileSync(file, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });

/** Made once a run by the file that needs it first, for the others to copy: it takes ten seconds. */
async function provisioned(): Promise<string> {
  const folder = join(runFolder(), 'samba');
  const done = join(runFolder(), 'samba-done');
  try {
    mkdirSync(`${folder}-claim`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    while (!existsSync(done)) await shortPause();
    return folder;
  }
  const tool = ['domain', 'provision', `--realm=${realm}`, `--domain=${domainName}`, '--host-name=dc1'];
  run('samba-tool', [
    ...[...tool, '--host-ip=127.0.0.1', '--server-role=dc', '--dns-backend=NONE', '--use-rfc2307', '--quiet'],
    ...[`--adminpass=${administratorPassword}`, `--targetdir=${folder}`, '--option=interfaces=lo'],
    '--option=bind interfaces only=yes',
  ]);
  writeFileSync(join(folder, 'people.ldif'), peopleLdif());
  const database = ['-H', join(folder, 'private/sam.ldb'), `--configfile=${join(folder, 'etc/smb.conf')}`];
  run('ldbmodify', [...database, join(folder, 'people.ldif')]);
  writeFileSync(done, '');
  return folder;
}

export async function startSamba(): Promise<Samba> {
  const folder = temporaryFolder('samba');
  const path = join(folder.path, 'dc');
  cpSync(await provisioned(), path, { recursive: true });
  // Its ports are fixed, so each one has an address of its own.
  const address = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(2, 255)}`;
  for (const name of ['run', 'log', 'tls']) mkdirSync(join(path, name), { recursive: true });
  const authority = createAuthority(join(path, 'tls'));
  const ca = authority.issue('ca', { ca: true });
  authority.issue('server', { issuer: ca, san: `IP:${address}` });
  const file = join(path, 'etc/smb.conf');
  writeFileSync(file, settings(readFileSync(file, 'utf8'), path, address));
  const running = await startServerProcess({
    file: '/usr/sbin/samba',
    args: ['--foreground', '--no-process-group', '--model=single', '--debug-stdout', '-s', file],
    account: {},
    cwd: path,
    ready: /started\./,
    stopSignal: 'SIGTERM',
  });
  try {
    await untilAccepted(address, 636);
  } catch (error) {
    await running.stop();
    folder.remove();
    throw error;
  }
  return {
    url: `ldap://${address}`,
    secureUrl: `ldaps://${address}`,
    ca: ca.cert,
    address,
    tool: (...args) => run('samba-tool', [...args, '-s', file]).toString('utf8'),
    async close() {
      await running.stop();
      folder.remove();
    },
  };
}

function settings(written: string, path: string, address: string): string {
  const replaced =
    /^\s*(lock directory|cache directory|state directory|private dir|binddns dir|interfaces|server services)\s*=.*\n/gm;
  const own = `[global]
	interfaces = ${address}/8
	server services = ldap, kdc
	disable netbios = yes
	lock directory = ${path}
	state directory = ${path}/state
	cache directory = ${path}/cache
	private dir = ${path}/private
	binddns dir = ${path}/bind-dns
	pid directory = ${path}/run
	ncalrpc dir = ${path}/run/ncalrpc
	ntp signd socket directory = ${path}/run/ntp
	winbindd socket directory = ${path}/run/winbindd
	tls certfile = ${path}/tls/server.crt
	tls keyfile = ${path}/tls/server.key
	tls cafile = ${path}/tls/ca.crt
`;
  return written.replace(replaced, '').replace('[global]\n', own);
}
