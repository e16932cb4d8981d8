/** @module A real MariaDB on loopback: data in a temporary folder, one user with a password, TLS by an authority of its own. */
import { execFileSync } from 'node:child_process';
import { chownSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../../adapters/certificate-authority.ts';
import { account, freePort, startServerProcess, temporaryFolder } from './server-process.ts';
import type { SqlServer } from './sql-server.ts';

export async function startMariadb(): Promise<SqlServer> {
  const owner = account('mysql');
  const folder = temporaryFolder('mariadb', owner);
  const data = join(folder.path, 'data');
  const socket = join(folder.path, 'socket');
  const login = { database: 'users', user: 'gatehouse', password: 'maria-secret-91c4' } as const;
  const place = { cwd: folder.path, ...owner, stdio: 'pipe' as const };

  const authority = createAuthority(folder.path);
  const ca = authority.issue('ca', { ca: true });
  authority.issue('server', { issuer: ca });
  const initial = join(folder.path, 'initial.sql');
  // Its names compare byte by byte, and a trailing blank counts.
  writeFileSync(
    initial,
    [
      `create database if not exists ${login.database} character set utf8mb4 collate utf8mb4_nopad_bin;`,
      `create user if not exists '${login.user}'@'%' identified by '${login.password}';`,
      `grant all on ${login.database}.* to '${login.user}'@'%';`,
      '',
    ].join('\n'),
  );
  for (const file of readdirSync(folder.path)) {
    if (owner.uid !== undefined) chownSync(join(folder.path, file), owner.uid, owner.gid ?? 0);
  }
  execFileSync(
    'mariadb-install-db',
    [
      ...['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      ...['--innodb-log-file-size=4M', '--innodb-flush-log-at-trx-commit=0'],
    ],
    place,
  );
  const port = await freePort();
  const start = () =>
    startServerProcess({
      file: '/usr/sbin/mariadbd',
      args: [
        ...['--no-defaults', `--datadir=${data}`, `--socket=${socket}`, `--pid-file=${folder.path}/pid`],
        ...[`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve', `--init-file=${initial}`],
        ...['--innodb-log-file-size=4M', '--innodb-buffer-pool-size=8M', '--innodb-flush-log-at-trx-commit=0'],
        ...[`--ssl-cert=${folder.path}/server.crt`, `--ssl-key=${folder.path}/server.key`],
      ],
      account: owner,
      cwd: folder.path,
      ready: /ready for connections/,
      stopSignal: 'SIGTERM',
    });
  let running = await start();

  return {
    ...login,
    port,
    ca: ca.cert,
    run: (sql) =>
      execFileSync(
        'mariadb',
        [
          ...['--no-defaults', `--socket=${socket}`, '--user=root', '--default-character-set=utf8mb4'],
          ...['--batch', '--skip-column-names', `--database=${login.database}`],
        ],
        { encoding: 'utf8', input: sql, stdio: ['pipe', 'pipe', 'pipe'] },
      ),
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
