/** @module A real PostgreSQL on loopback: data in a temporary folder, SCRAM passwords, TLS by an authority of its own. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../../adapters/certificate-authority.ts';
import { account, freePort, startServerProcess, temporaryFolder } from './server-process.ts';
import type { SqlServer } from './sql-server.ts';

const packageFolder = '/usr/lib/postgresql';

/** Debian has one folder a version; the newest one that has a server. */
function binaries(): string {
  const versions = readdirSync(packageFolder).toSorted((a, b) => Number(b) - Number(a));
  return join(packageFolder, versions[0] ?? '', 'bin');
}

export async function startPostgresql(): Promise<SqlServer> {
  const owner = account('postgres');
  const folder = temporaryFolder('postgresql', owner);
  const bin = binaries();
  const data = join(folder.path, 'data');
  const login = { database: 'users', user: 'gatehouse', password: 'pg-secret-2b7e' } as const;
  const place = { cwd: folder.path, ...owner, stdio: 'pipe' as const };

  const passwordFile = join(folder.path, 'password');
  writeFileSync(passwordFile, login.password);
  const authority = createAuthority(folder.path);
  const ca = authority.issue('ca', { ca: true });
  authority.issue('server', { issuer: ca });
  for (const file of readdirSync(folder.path)) {
    if (owner.uid !== undefined) chownSync(join(folder.path, file), owner.uid, owner.gid ?? 0);
  }
  chmodSync(join(folder.path, 'server.key'), 0o600);
  execFileSync(
    join(bin, 'initdb'),
    [
      ...['--pgdata', data, '--username', login.user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'],
    ],
    place,
  );
  const port = await freePort();
  const settings = [
    ...['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off', 'max_connections=40'],
    ...['ssl=on', `ssl_cert_file=${folder.path}/server.crt`, `ssl_key_file=${folder.path}/server.key`],
  ];
  const start = () =>
    startServerProcess({
      file: join(bin, 'postgres'),
      args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      account: owner,
      cwd: folder.path,
      ready: /ready to accept connections/,
      stopSignal: 'SIGINT',
    });
  let running = await start();

  const run = (sql: string, database: string = login.database) =>
    execFileSync(
      join(bin, 'psql'),
      ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1', '--command', sql],
      {
        encoding: 'utf8',
        env: {
          ...{ PGHOST: '127.0.0.1', PGPORT: String(port), PGDATABASE: database },
          ...{ PGUSER: login.user, PGPASSWORD: login.password, LC_ALL: 'C.UTF-8' },
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
  run(`create database ${login.database}`, 'postgres');

  return {
    ...login,
    port,
    ca: ca.cert,
    run,
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
