/** @module examples/ldap-database-roles: a real server, a real OpenLDAP by LDAPS and a real PostgreSQL. */
import { afterAll, describe, expect, it } from 'vitest';
import { exampleFile, startExample } from '../support/example-server.ts';
import { startPostgresql } from '../support/servers/postgresql.ts';
import { startSlapd } from '../support/servers/slapd.ts';

const example = 'ldap-database-roles';
const tree = { suffix: 'dc=example,dc=com', ldif: exampleFile(example, 'directory.ldif') };
const [slapd, database] = await Promise.all([startSlapd({ tree }), startPostgresql()]);
database.run(exampleFile(example, 'schema.sql'));
const server = await startExample(example, {
  files: { 'directory-ca.pem': slapd.ca },
  environment: {
    // The first one is down, and the second one is asked.
    DIRECTORY_URL: `ldaps://127.0.0.1:1 ${slapd.secureUrl}`,
    DIRECTORY_PASSWORD: 'change-me',
    ROLES_DB_URL: `postgresql://127.0.0.1:${database.port}/${database.database}`,
    ROLES_DB_PASSWORD: 'change-me-too',
  },
});
afterAll(async () => {
  await server.close();
  await Promise.all([slapd.close(), database.close()]);
});

describe('the example ldap-database-roles', () => {
  it.each([
    ['eric', 'all'],
    ['amar', 'AB'],
  ])('lets %s in by the directory, with the role %s from the database', async (name, role) => {
    const response = await server.ask(name, `${name}-password`);
    expect([response.status, await response.text()]).toEqual([200, 'report']);
    expect(server.lastSeen()).toMatchObject({ 'x-remote-user': name, 'x-remote-roles': role });
  });

  it.each([
    ['eric', 'wrong'],
    ['eric', ''],
    ['nobody', 'eric-password'],
    ['*', 'eric-password'],
    ['eric)(uid=*', 'eric-password'],
  ])('refuses %j with %j', async (name, password) => {
    expect((await server.ask(name, password)).status).toBe(401);
  });

  it('refuses who has no roles in the database', async () => {
    expect((await server.ask('alan', 'alan-password')).status).toBe(401);
  });

  it('records which module said what', async () => {
    await server.ask('eric', 'wrong');
    expect(JSON.parse(server.lastDecision())).toMatchObject({
      outcome: 'failure',
      trace: {
        modules: [
          { code: 'LdapExtended', outcome: 'failed', reason: 'bad-credential' },
          { code: 'Database', outcome: 'not-reached' },
        ],
      },
    });
  });

  it('cannot log anybody in while the directory is stopped, and can when it is back', async () => {
    await slapd.stop();
    expect((await server.ask('eric', 'eric-password')).status).toBe(503);
    await slapd.restart();
    expect((await server.ask('eric', 'eric-password')).status).toBe(200);
  });

  it('shows no password', () => {
    expect(server.output()).not.toMatch(/change-me|-password\b/);
  });
});
