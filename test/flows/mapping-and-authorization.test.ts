/** @module A domain with UsersRoles, roles from PostgreSQL and an authorization list, from a request by curl to the application behind. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/child-process.ts';
import { type Gatehouse, runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { startPostgresql } from '../support/servers/postgresql.ts';
import { temporaryFolder } from '../support/servers/server-process.ts';
import type { SqlServer } from '../support/servers/sql-server.ts';

const folder = temporaryFolder('authz');
const seen: IncomingHttpHeaders[] = [];
let database: SqlServer;
let behind: Server;
let server: Gatehouse;

const policy = `import { defineAuthorizationModule, z } from 'gatehouse/spi';

export default defineAuthorizationModule({
  code: 'NoDrafts',
  summary: 'Keeps drafts to their writers.',
  options: z.strictObject({ writers: z.string().describe('A role.') }),
  create: ({ writers }) => ({
    async authorize({ path, roles }) {
      if (!path.startsWith('/drafts/')) return { decision: 'abstain', reason: 'no draft' };
      return roles?.includes(writers) === true
        ? { decision: 'permit', reason: 'a writer' }
        : { decision: 'deny', reason: 'drafts are for writers' };
    },
  }),
});
`;

const configuration = (upstream: string, port: number, name: string) => `datasources:
  users: { product: postgresql, url: 'postgresql://127.0.0.1:${port}/${name}', user: sso, password: '\${file:db-password}' }
security-domains:
  shop:
    authentication:
      - { code: UsersRoles, flag: required }
    mapping:
      - { code: SimpleRoles, module-options: { eric: all } }
      - { code: DatabaseRoles, module-options: { datasource: users, rolesQuery: 'select role from roles where name = ?' } }
      - { code: DeploymentRoles }
    authorization:
      - { code: ./no-drafts.ts, flag: requisite, module-options: { writers: writer } }
      - { code: Web, flag: required }
applications:
  shop:
    security-domain: shop
    mechanisms: [BASIC]
    upstream: '${upstream}'
    constraints:
      - { path: /*, roles: ['**'] }
      - { path: /office/*, roles: [office] }
  bank:
    security-domain: shop
    mechanisms: [BASIC]
    upstream: '${upstream}'
    role-mapping: { eric: [clerk] }
    constraints: [ { path: /*, roles: ['**'] } ]
`;

beforeAll(async () => {
  database = await startPostgresql();
  database.run(
    `create role sso login password 'sso-secret'; create table roles (name text, role text);
     insert into roles values ('eric', 'office'), ('eric', 'AB'), ('amar', 'writer'); grant select on roles to sso`,
  );
  behind = createServer((request, response) => {
    seen.push(request.headers);
    response.end('page');
  });
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const upstream = `http://127.0.0.1:${(behind.address() as AddressInfo).port}`;
  const home = join(folder.path, 'configuration');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'gatehouse.yaml'), configuration(upstream, database.port, database.database));
  await writeFile(join(home, 'db-password'), 'sso-secret\n', { mode: 0o600 });
  await writeFile(join(home, 'no-drafts.ts'), policy);
  await writeFile(join(home, 'users.properties'), 'eric=eric-password\namar=amar-password\nzoe=zoe-password\n');
  await writeFile(join(home, 'roles.properties'), 'eric=from-file\n');
  server = await startGatehouse({ home: folder.path });
});

afterAll(async () => {
  await server.stop();
  behind.close();
  await database.close();
  folder.remove();
});

async function curl(path: string, user: string): Promise<{ readonly status: string; readonly body: string }> {
  const args = ['-s', '-u', `${user}:${user}-password`, '-w', '\n%{http_code}', `${server.publicUrl}${path}`];
  const { stdout } = await runProgram('curl', args);
  const [, body = '', status = ''] = /^([\s\S]*)\n(\d+)$/.exec(stdout) ?? [];
  return { status, body };
}

async function explained(body: string): Promise<string> {
  const id = /Decision ([0-9A-Z]{26})/.exec(body)?.[1] ?? 'none';
  return (await server.explain(id)).stdout;
}

describe('mapping', () => {
  it('adds roles step by step, each in the trace with before and after and its line', async () => {
    expect((await curl('/shop/office/desk', 'eric')).status).toBe('200');
    expect(seen.at(-1)).toMatchObject({ 'x-remote-user': 'eric', 'x-remote-roles': 'from-file,all,office,AB' });
    const login = (await server.audit()).findLast(({ type }) => type === 'login');
    expect(login?.trace?.mapping).toMatchObject([
      { code: 'SimpleRoles', before: ['from-file'], after: ['from-file', 'all'], place: { line: 8 } },
      { code: 'DatabaseRoles', after: ['from-file', 'all', 'office', 'AB'], place: { line: 9 } },
    ]);
    expect((await server.explain(login?.id ?? '')).stdout).toMatch(
      /role +DatabaseRoles +gatehouse\.yaml:9 +from-file, all -> from-file, all, office, AB/,
    );
  });

  it('keeps the roles of an application to that application', async () => {
    expect((await curl('/bank/', 'eric')).status).toBe('200');
    expect(seen.at(-1)).toMatchObject({ 'x-remote-roles': 'clerk' });
    expect((await curl('/shop/', 'eric')).status).toBe('200');
    expect(seen.at(-1)).toMatchObject({ 'x-remote-roles': 'from-file,all,office,AB' });
  });

  it('lets nobody in with fewer roles while the database is away', async () => {
    await database.stop();
    expect((await curl('/shop/', 'eric')).status).toBe('503');
    const login = (await server.audit()).findLast(({ type }) => type === 'login');
    expect(login).toMatchObject({ outcome: 'failure', reason: 'ERR_STORE_UNAVAILABLE' });
    await database.restart();
    expect((await curl('/shop/', 'eric')).status).toBe('200');
  });
});

describe('authorization', () => {
  it('stops at the requisite module that denies, and says so', async () => {
    const { status, body } = await curl('/shop/drafts/1', 'zoe');
    expect(status).toBe('403');
    const text = await explained(body);
    expect(text).toMatch(/1\. +- +PathConstraints +permit +gatehouse\.yaml:\d+ +authenticated/);
    expect(text).toMatch(/2\. +requisite +NoDrafts +deny +gatehouse\.yaml:12 +drafts are for writers/);
    expect(text).toMatch(/3\. +required +Web +not-reached/);
    expect((await curl('/shop/drafts/1', 'amar')).status).toBe('200');
  });

  it('asks the list only about what the constraints permit', async () => {
    const { status, body } = await curl('/shop/office/desk', 'amar');
    expect(status).toBe('403');
    const text = await explained(body);
    expect(text).toMatch(/PathConstraints +deny +gatehouse\.yaml:\d+ +role-missing/);
    expect(text).not.toContain('NoDrafts');
  });

  it('is tried out without a server, with the roles of that application', async () => {
    const args = ['test-login', '--home', folder.path, '--user', 'eric', '--assume-password', '--http'];
    const bank = await runGatehouse([...args, '--app', 'bank', '--path', '/']);
    expect(bank.stdout).toMatch(/role +DeploymentRoles +gatehouse\.yaml:10 +from-file, all, office, AB -> clerk/);
    const drafts = await runGatehouse([...args, '--app', 'shop', '--path', '/drafts/1', '--json']);
    expect(JSON.parse(drafts.stdout)).toMatchObject({
      status: 'authenticated',
      authorization: { decision: 'deny', reason: 'drafts are for writers' },
    });
  });
});
