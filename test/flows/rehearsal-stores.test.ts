/** @module `gatehouse test-login` against real stores: OpenLDAP and PostgreSQL see questions and no write. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { type FinishedProgram, runProgram } from '../support/child-process.ts';
import { exampleFile } from '../support/example-server.ts';
import { startPostgresql } from '../support/servers/postgresql.ts';
import { temporaryFolder } from '../support/servers/server-process.ts';
import { startSlapd } from '../support/servers/slapd.ts';

const tree = { suffix: 'dc=example,dc=com', ldif: exampleFile('ldap-database-roles', 'directory.ldif') };
const [slapd, database] = await Promise.all([startSlapd({ tree }), startPostgresql()]);
// With a policy the directory writes down by itself who guesses.
slapd.add(`dn: ou=policies,${tree.suffix}
objectClass: organizationalUnit
ou: policies

dn: cn=default,ou=policies,${tree.suffix}
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 1000
`);
const home = temporaryFolder('home');
mkdirSync(join(home.path, 'configuration'));
database.run(exampleFile('ldap-database-roles', 'schema.sql'));
database.run(`create table users (name text primary key, password text);
  insert into users values ('eric', 'plain-as-it-is');
  grant select, update on users to gatehouse_roles`);
writeFileSync(join(home.path, 'configuration/directory-ca.pem'), slapd.ca);
writeFileSync(
  join(home.path, 'configuration/gatehouse.yaml'),
  exampleFile('ldap-database-roles', 'gatehouse.yaml').replace(
    'security-domains:\n',
    `security-domains:
  table:
    authentication:
      - code: Database
        flag: required
        module-options:
          datasource: roles
          principalsQuery: select password from users where name = ?
          rolesQuery: select role, 'Roles' from user_roles where name = ?
          password-update: update users set password = ? where name = ? and password = ?
`,
  ),
);
afterAll(async () => {
  home.remove();
  await Promise.all([slapd.close(), database.close()]);
});

const environment = {
  DIRECTORY_URL: slapd.secureUrl,
  DIRECTORY_PASSWORD: 'change-me',
  ROLES_DB_URL: `postgresql://127.0.0.1:${database.port}/${database.database}`,
  ROLES_DB_PASSWORD: 'change-me-too',
};

function tryOut(args: readonly string[], input = ''): Promise<FinishedProgram> {
  const program = join(projectRoot, 'bin', 'gatehouse');
  return runProgram(process.execPath, [program, 'test-login', '--home', home.path, '--json', ...args], {
    env: { ...process.env, ...environment },
    input,
  });
}

/** Place and age of each row: an update moves it, whatever it writes. */
const rows = () =>
  database.run(`select 'u', ctid, xmin, t::text from users t union all
    select 'r', ctid, xmin, t::text from user_roles t order by 1, 2`);

/** Everything of every entry, what the directory notes of binds and changes among it. */
const entries = () =>
  execFileSync(
    'ldapsearch',
    ['-x', '-LLL', '-H', slapd.url, '-D', `cn=admin,${tree.suffix}`, '-w', 'admin-secret', '-b', tree.suffix, '*', '+'],
    { encoding: 'utf8' },
  );

describe('a rehearsal with an assumed password', () => {
  it('gives the roles of the whole stack, and neither store sees a write', async () => {
    const before = [rows(), entries()];
    const { stdout } = await tryOut(['--domain', 'ldap-database-roles', '--user', 'eric', '--assume-password']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'authenticated', principal: 'eric', roles: ['all'] });
    expect([rows(), entries()]).toEqual(before);
  });

  it('asks the directory whether there is such a user', async () => {
    const { stdout } = await tryOut(['--domain', 'ldap-database-roles', '--user', 'nobody', '--assume-password']);
    expect(JSON.parse(stdout).trace.modules[0]).toMatchObject({ outcome: 'failed', reason: 'unknown-user' });
  });
});

describe('a rehearsal with the password', () => {
  it('replaces no older hash, though the domain does so at a login', async () => {
    const before = rows();
    const { stdout } = await tryOut(['--domain', 'table', '--user', 'eric', '--password-stdin'], 'plain-as-it-is\n');
    expect(JSON.parse(stdout)).toMatchObject({ status: 'authenticated', roles: ['all'] });
    expect(rows()).toBe(before);
  });

  it('leaves no trace in the directory', async () => {
    const before = entries();
    const args = ['--domain', 'ldap-database-roles', '--user', 'eric', '--password-stdin'];
    expect(JSON.parse((await tryOut(args, 'eric-password\n')).stdout)).toMatchObject({ roles: ['all'] });
    expect(entries()).toBe(before);
  });

  it('is a wrong password to a directory that counts them by itself, when it is wrong', async () => {
    const before = entries();
    await tryOut(['--domain', 'ldap-database-roles', '--user', 'eric', '--password-stdin'], 'wrong\n');
    expect(entries()).not.toBe(before);
  });
});
