/** @module examples/database-users: a real server and a real PostgreSQL, from the request to the application behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { startPostgresql } from '../support/servers/postgresql.ts';
import { temporaryFolder } from '../support/servers/server-process.ts';
import type { SqlServer } from '../support/servers/sql-server.ts';

const example = (name: string) => readFileSync(join(projectRoot, 'examples/database-users', name), 'utf8');
const home = temporaryFolder('home');
const seen: IncomingHttpHeaders[] = [];
let database: SqlServer;
let behind: Server;
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  database = await startPostgresql();
  database.run(example('schema.sql'));
  behind = createServer((request, response) => {
    seen.push(request.headers);
    response.end('report');
  });
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const upstream = `http://127.0.0.1:${(behind.address() as AddressInfo).port}`;
  mkdirSync(join(home.path, 'configuration'));
  writeFileSync(
    join(home.path, 'configuration/gatehouse.yaml'),
    `${example('gatehouse.yaml').replace('http://127.0.0.1:9001', upstream)}
ports: { http: 0, https: 0, management-http: 0, management-https: 0 }\n`,
  );
  server = spawn(process.execPath, ['bin/gatehouse', 'serve', '--home', home.path, '--log', 'stdout'], {
    cwd: projectRoot,
    env: {
      ...process.env,
      USERS_DB_URL: `postgresql://127.0.0.1:${database.port}/${database.database}`,
      USERS_DB_PASSWORD: 'change-me',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await greeted(server);
});

afterAll(async () => {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('close', resolve));
  behind.close();
  await database.close();
  home.remove();
});

let output = '';

/** The public address, once the server says it. */
function greeted(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
    const address = /^Gatehouse +(http:\/\/[^/]+)\//m.exec(output)?.[1];
    if (address !== undefined) resolve(address);
  });
  child.once('close', () => reject(new Error(output)));
  return promise;
}

function ask(name: string, password: string): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  return fetch(`${url}/reports/today`, { headers: { authorization } });
}

describe('the example database-users', () => {
  it('lets a user of the database through, under his caller principal and with his roles', async () => {
    const response = await ask('eric', 'eric-password');
    expect([response.status, await response.text()]).toEqual([200, 'report']);
    expect(seen.at(-1)).toMatchObject({ 'x-remote-user': 'Eric%20Example', 'x-remote-roles': 'all' });
    expect((await ask('amar', 'amar-password')).status).toBe(200);
    expect(seen.at(-1)).toMatchObject({ 'x-remote-user': 'amar', 'x-remote-roles': 'AB' });
  });

  it('has replaced the old hash by one that still lets him in', async () => {
    await ask('eric', 'eric-password');
    expect(database.run("select password from users where name = 'eric'")).toMatch(/^\$argon2id\$/);
    expect((await ask('eric', 'eric-password')).status).toBe(200);
  });

  it.each([
    ['eric', 'wrong'],
    ['nobody', 'eric-password'],
    ["' or '1'='1", 'x'],
  ])('refuses %s with %s', async (name, password) => {
    expect((await ask(name, password)).status).toBe(401);
  });

  it('refuses who has no roles', async () => {
    database.run("insert into users values ('alan', 'vu/KPodrsB3qiEgNxW4ASk7MiKwnvx9mk/EqQg5FJHY=')");
    expect((await ask('alan', 'alan-password')).status).toBe(401);
    expect(output).not.toContain('alan-password');
  });

  it('cannot log anybody in while the database is stopped, and can when it is back', async () => {
    await database.stop();
    expect((await ask('eric', 'eric-password')).status).toBe(503);
    await database.restart();
    expect((await ask('eric', 'eric-password')).status).toBe(200);
    expect(output).toContain('the database cannot be asked');
    expect(output).toContain('the database answers again');
  });

  it('shows the password of the database nowhere', () => {
    expect(output).not.toContain('change-me');
  });
});
