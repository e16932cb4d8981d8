/** @module Login module Database: passwords and roles out of real PostgreSQL, MariaDB and SQLite, as JBoss reads them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database } from '../../login-modules/database.ts';
import type { OpenDatasource } from '../../src/adapters/sql/datasource.ts';
import { openMariadb } from '../../src/adapters/sql/mariadb.ts';
import { openPostgresql } from '../../src/adapters/sql/postgresql.ts';
import type { Datasource } from '../../src/spi/datasource.ts';
import type { Evidence } from '../../src/spi/evidence.ts';
import { Secret } from '../../src/spi/secret.ts';
import { hashArgon2 } from '../../src/wire/argon2.ts';
import { buildDigestResponse, buildHa1 } from '../../src/wire/http-digest.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { openOn } from '../conformance/sql-server.ts';
import { principalsAndRoles } from '../support/database-schema.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';
import { startMariadb } from '../support/servers/mariadb.ts';
import { startPostgresql } from '../support/servers/postgresql.ts';
import { openSqliteFixture, type SqliteFixture } from '../support/sqlite-datasource.ts';

const rolesQuery = 'select Role, RoleGroup from Roles where PrincipalID=?';
type Options = Readonly<Record<string, unknown>>;
const byDefault: Options = { datasource: 'users', rolesQuery };

interface Store {
  readonly datasource: OpenDatasource;
  run(sql: string): unknown;
  close(): Promise<unknown>;
}

const products: readonly (readonly [string, () => Promise<Store>])[] = [
  ['PostgreSQL', async () => onServer(await startPostgresql(), openPostgresql)],
  ['MariaDB', async () => onServer(await startMariadb(), openMariadb)],
  ['SQLite', async () => openSqliteFixture()],
];

function onServer(server: Awaited<ReturnType<typeof startPostgresql>>, openPool: typeof openPostgresql): Store {
  const { datasource } = openOn({ server: () => server, openPool });
  return { datasource, run: server.run, close: () => datasource.close().then(server.close) };
}

describe.each(products)('on %s', (_name, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
    store.run(principalsAndRoles);
  });
  afterAll(() => store.close());

  loginModuleConformance({
    factory: database,
    options: { ...byDefault, 'password-stacking': 'useFirstPass' },
    services: () => pluginServices({ datasources: [store.datasource] }),
    accepted: { evidence: password('alice', 'secret'), name: 'alice', roles: ['all', 'AB', 'extra'] },
    refused: { wrong: password('alice', 'wrong-one'), unknown: (name) => password(name, 'secret') },
  });
});

describe('Database', () => {
  let store: SqliteFixture;
  beforeAll(() => {
    store = openSqliteFixture();
    store.run(principalsAndRoles);
  });
  afterAll(() => store.close());

  const services = (datasource: Datasource = store.datasource) => pluginServices({ datasources: [datasource] });

  async function login(options: Options, evidence: Evidence, changes: Parameters<typeof loginContext>[1] = {}) {
    const module = await database.create({ ...byDefault, ...options }, services());
    return module.login(loginContext(evidence, changes));
  }

  it('gives the caller principal and other groups', async () => {
    expect(await login({}, password('alice', 'secret'))).toMatchObject({
      contribution: { callerPrincipal: { name: 'Alice', type: 'user' }, groups: { Other: ['r9'] } },
    });
  });

  it('gives no roles without rolesQuery', async () => {
    const outcome = await login({ rolesQuery: undefined }, password('bob', 'bob-secret'));
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: [] } });
  });

  it('refuses who has no row of roles, and publishes nothing', async () => {
    const shared = new RecordingSharedState();
    expect(await login({}, password('bob', 'bob-secret'), { shared })).toMatchObject({
      status: 'failed',
      reason: 'no-roles',
    });
    expect(shared.published).toEqual([]);
  });

  it('lets in who has no row of roles where unauthenticatedIdentity is set', async () => {
    const outcome = await login({ unauthenticatedIdentity: 'guest' }, password('bob', 'bob-secret'));
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { roles: [] } });
  });

  it('gives anonymous callers the name unauthenticatedIdentity with its roles', async () => {
    expect(await login({ unauthenticatedIdentity: 'carol' }, evidenceOfEachKind.anonymous)).toMatchObject({
      contribution: { identity: { name: 'carol' }, roles: ['boss'] },
    });
  });

  it('gives a stacked identity its roles, and refuses one without', async () => {
    const stacked = (name: string) => ({
      shared: new RecordingSharedState({ name, evidence: evidenceOfEachKind.negotiate }),
    });
    expect(await login({}, evidenceOfEachKind.negotiate, stacked('carol'))).toMatchObject({
      contribution: { identity: { name: 'carol' }, roles: ['boss'] },
    });
    expect(await login({}, evidenceOfEachKind.negotiate, stacked('dora'))).toMatchObject({ reason: 'no-roles' });
  });

  it('takes a row without a role for a row, and for no role', async () => {
    const query = { rolesQuery: "select Role, RoleGroup from Roles where 'nobody' <> ? and PrincipalID = 'nobody'" };
    expect(await login(query, password('alice', 'secret'))).toMatchObject({
      status: 'succeeded',
      contribution: { roles: [], groups: {} },
    });
  });

  it('takes a query without a second column for one of the group Roles', async () => {
    const query = { rolesQuery: 'select Role from Roles where PrincipalID = ? order by Role limit 1' };
    expect(await login(query, password('alice', 'secret'))).toMatchObject({ contribution: { roles: ['AB'] } });
  });

  it.each([
    ['nul', 'a NULL', 'bad-credential'],
    ['empty', 'an empty text', 'bad-credential'],
    ['carol', 'no row', 'unknown-user'],
  ])('lets %s, whose password is %s, in with no password', async (name, _what, reason) => {
    for (const typed of ['', 'null', 'secret']) {
      expect(await login({}, password(name, typed))).toMatchObject({ status: 'failed', reason });
    }
  });

  it('takes passwords that are numbers or bytes as text', async () => {
    const typed = (sql: string) => ({ principalsQuery: `select ${sql} from Principals where PrincipalID = ?` });
    expect((await login(typed('1234'), password('alice', '1234'))).status).toBe('succeeded');
    expect((await login(typed("cast('bytes' as blob)"), password('alice', 'bytes'))).status).toBe('succeeded');
    expect((await login(typed("x'ff'"), password('alice', '\ufffd'))).status).toBe('failed');
  });

  it('takes equal passwords in several rows for one, and refuses where they differ', async () => {
    const rows = (other: string) => ({
      principalsQuery: `select Password from Principals where PrincipalID = ? union all select '${other}'`,
    });
    expect((await login(rows('secret'), password('alice', 'secret'))).status).toBe('succeeded');
    for (const typed of ['secret', 'other']) {
      expect(await login(rows('other'), password('alice', typed))).toMatchObject({ reason: 'bad-credential' });
    }
  });

  it('compares digests as the hash options say', async () => {
    store.run("insert into Principals values ('dig', 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=')");
    const options = { hashAlgorithm: 'SHA-256', hashEncoding: 'base64', rolesQuery: undefined };
    expect((await login(options, password('dig', 'secret'))).status).toBe('succeeded');
    expect((await login(options, password('dig', 'K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols='))).status).toBe(
      'failed',
    );
  });

  const small = { memoryKib: 64, passes: 1, lanes: 1 };

  it('verifies hashes that say what they are', async () => {
    const phc = await hashArgon2(new Secret('secret'), new Uint8Array(16), small);
    store.run(`insert into Principals values ('argon', '${phc}')`);
    expect((await login({ rolesQuery: undefined }, password('argon', 'secret'))).status).toBe('succeeded');
    expect((await login({ rolesQuery: undefined }, password('argon', phc))).status).toBe('failed');
  });

  it('keeps out a user whose stored password it cannot read, and nobody else', async () => {
    store.run("insert into Principals values ('odd', '$argon2id$v=99$m=1')");
    const outcome = await login({ rolesQuery: undefined }, password('odd', '$argon2id$v=99$m=1'));
    expect(outcome).toMatchObject({ reason: 'bad-credential', note: expect.stringContaining('Argon2') });
    expect((await login({ rolesQuery: undefined }, password('bob', 'bob-secret'))).status).toBe('succeeded');
  });

  it('asks as much of the database and of the hash for a name that it does not have', async () => {
    const asked: string[] = [];
    const decoys: boolean[] = [];
    const counting: Datasource = {
      ...store.datasource,
      query(sql, parameters, signal) {
        asked.push(String(parameters[0]));
        return store.datasource.query(sql, parameters, signal);
      },
    };
    const plugin = services(counting);
    const passwords: typeof plugin.passwords = {
      ...plugin.passwords,
      verify(question, signal) {
        decoys.push(question.stored !== undefined || question.decoy !== undefined);
        return plugin.passwords.verify(question, signal);
      },
    };
    const module = await database.create(byDefault, { ...plugin, passwords });
    await module.login(loginContext(password('not-there', 'x')));
    await module.login(loginContext(password('argon', 'x')));
    await module.login(loginContext(password('not-there', 'x')));
    expect([asked, decoys]).toEqual([
      ['not-there', 'argon', 'not-there'],
      [true, true, true],
    ]);
  });

  describe('with password-update', () => {
    const update = {
      rolesQuery: undefined,
      'password-update': 'update Principals set Password = ? where PrincipalID = ? and Password = ?',
    };
    const stored = async (name: string) => {
      const rows = await store.datasource.query(
        'select Password from Principals where PrincipalID = ?',
        [name],
        new AbortController().signal,
      );
      return String(rows[0]?.[0]);
    };

    it('replaces an older password when its user signs in, and verifies the new one', async () => {
      store.run("insert into Principals values ('old', 'old-secret')");
      expect((await login(update, password('old', 'wrong'))).status).toBe('failed');
      expect(await stored('old')).toBe('old-secret');
      expect((await login(update, password('old', 'old-secret'), { dryRun: true })).status).toBe('succeeded');
      expect(await stored('old')).toBe('old-secret');
      expect((await login(update, password('old', 'old-secret'))).status).toBe('succeeded');
      expect(await stored('old')).toMatch(/^\$argon2id\$/);
      expect((await login(update, password('old', 'old-secret'))).status).toBe('succeeded');
    });

    it('lets in all the same when the statement fails, and says so in the log', async () => {
      store.run("insert into Principals values ('ro', 'ro-secret')");
      const plugin = services();
      const options = {
        ...byDefault,
        ...update,
        'password-update': 'update NoSuchTable set a = ? where b = ? and c = ?',
      };
      const module = await database.create(options, plugin);
      for (let time = 0; time < 2; time += 1) {
        expect((await module.login(loginContext(password('ro', 'ro-secret')))).status).toBe('succeeded');
      }
      expect(plugin.logger.warnings()).toEqual(['older password hashes cannot be replaced']);
    });
  });

  it.each([
    ['$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7', 'yescrypt ($y$) is not supported'],
    ['$P$Bw4MjP1ZdHPcAoKLwzTt5qRcM9wvA11', 'phpass ($P$) is not supported'],
  ])('names the scheme of a stored password that it does not have: %s', async (stored, note) => {
    store.run(`insert or replace into Principals values ('shadow', '${stored}')`);
    expect(await login({}, password('shadow', stored))).toMatchObject({ reason: 'bad-credential', note });
  });

  it('reports how passwords are kept, with passwords-query', async () => {
    const query = "select Password from Principals where PrincipalID in ('alice', 'bob', 'argon', 'odd')";
    const module = await database.create({ ...byDefault, 'passwords-query': query }, services());
    expect(await module.passwordReport?.(new AbortController().signal)).toEqual([
      { store: 'datasource users', schemes: { plain: 2, argon2id: 1, unsupported: 1 } },
    ]);
    expect((await database.create(byDefault, services())).passwordReport).toBeUndefined();
  });

  it('verifies digests, and digests only, with storeDigestCallback', async () => {
    const ha1 = buildHa1('alice', 'r', 'secret');
    const head = {
      ...evidenceOfEachKind.digest,
      kind: 'digest',
      username: 'alice',
      realm: 'r',
      algorithm: 'MD5',
    } as const;
    const request = { method: 'GET', uri: '/', nonce: 'n', response: new Secret('') };
    const evidence = { ...head, ...request, response: new Secret(buildDigestResponse(ha1, { ...head, ...request })) };
    const callback = { storeDigestCallback: 'org.jboss.security.auth.callback.RFC2617Digest' };
    expect((await login(callback, evidence)).status).toBe('succeeded');
    expect((await login(callback, { ...evidence, username: 'bob' })).status).toBe('failed');
    expect(await login(callback, password('alice', 'secret'))).toMatchObject({ reason: 'unsupported-evidence' });
  });

  it('finds its datasource by the JNDI name of JBoss', async () => {
    const named = (name: string) => services({ ...store.datasource, name });
    const login = async (options: Options, name: string) => {
      const module = await database.create(options, named(name));
      return (await module.login(loginContext(password('alice', 'secret')))).status;
    };
    expect(await login({}, 'DefaultDS')).toBe('succeeded');
    expect(await login({ dsJndiName: 'java:jboss/datasources/Users' }, 'Users')).toBe('succeeded');
    expect(await login({ dsJndiName: 'java:/Other', datasource: 'Users' }, 'Users')).toBe('succeeded');
    await expect(login({ dsJndiName: 'java:/Other' }, 'Users')).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  it('cannot ask when the statement is wrong', async () => {
    await expect(
      login({ principalsQuery: 'select x from y where z = ?' }, password('alice', 'secret')),
    ).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
  });

  it("takes JBoss's options about transactions, without a meaning", async () => {
    const options = { suspendResume: 'false', transactionManagerJndiName: 'java:/TransactionManager' };
    expect((await login(options, password('alice', 'secret'))).status).toBe('succeeded');
  });

  it.each([
    { principalsQuery: 'select Password from Principals' },
    { principalsQuery: "select Password from Principals where PrincipalID = '?'" },
    { rolesQuery: 'select Role, RoleGroup from Roles where PrincipalID in (?, ?)' },
    { 'password-update': 'update Principals set Password = ?' },
    { 'password-update': 'update a set b = ? where c = ? and d = ?', ignorePasswordCase: true },
    { 'passwords-query': 'select Password from Principals where PrincipalID = ?' },
    { passwordIsA1Hash: true },
    { principalClass: 'com.example.Principal' },
    { rolesQuery: '' },
  ])('refuses the options %j at start', (options) => {
    expect(database.options.safeParse(options).success).toBe(false);
  });

  it("has JBoss's defaults", () => {
    expect(database.options.parse({})).toMatchObject({
      dsJndiName: 'java:/DefaultDS',
      principalsQuery: 'select Password from Principals where PrincipalID=?',
      suspendResume: true,
      transactionManagerJndiName: 'java:/TransactionManager',
    });
  });
});
