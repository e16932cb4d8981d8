/** @module Logins against PostgreSQL through the Database module, against the same queries on a bare pool of the client library. */
import pg from 'pg';
import { createMemoryEphemeralStore } from '../src/adapters/memory-ephemeral-store.ts';
import { createPasswords } from '../src/adapters/passwords/passwords.ts';
import { createDatasource } from '../src/adapters/sql/datasource.ts';
import { openPostgresql } from '../src/adapters/sql/postgresql.ts';
import { systemClock, systemRandom, systemTimers } from '../src/adapters/system-clock.ts';
import { openCatalog } from '../src/catalog.ts';
import { createAuditTrail } from '../src/engine/audit-trail.ts';
import { createSecurityDomain } from '../src/engine/security-domain.ts';
import type { Datasource } from '../src/spi/datasource.ts';
import { Secret } from '../src/spi/secret.ts';
import type { SecurityDomain } from '../src/spi/security-domain.ts';
import { startPostgresql } from '../test/support/servers/postgresql.ts';
import { median, type Row, row } from './row.ts';

const rounds = 7;
const perRound = 2000;
const poolSize = 8;
const limits = { connectTimeoutMs: 5000, statementTimeoutMs: 5000, maxRows: 100 };
const principals = 'select password from users where name = ';
const roles = 'select role, role_group from user_roles where name = ';
const tables = `create table users (name text primary key, password text);
  create table user_roles (name text, role text, role_group text); create index on user_roles (name);
  insert into users select 'user' || n, 'secret' from generate_series(1, 1000) n;
  insert into user_roles select 'user' || n, 'all', 'Roles' from generate_series(1, 1000) n; analyze`;

const silent = () => undefined;
const logger = { info: silent, warn: silent, error: silent };
const absent = () => {
  throw new Error('this benchmark has no such store');
};

async function domainOn(datasource: Datasource, options: Readonly<Record<string, unknown>>): Promise<SecurityDomain> {
  const factory = (await openCatalog()).loginModules.find('Database');
  if (factory === undefined || factory === 'later') throw new Error('Database is not in the catalogue');
  const module = await factory.create(
    { datasource: 'users', ...options },
    {
      ...{
        domain: 'bench',
        clock: systemClock,
        logger,
        realm: absent,
        directory: absent,
        truststore: absent,
        securityDomain: absent,
        kerberosAcceptor: absent,
      },
      ...{ random: systemRandom, sealingKey: absent, record: absent },
      datasource: () => datasource,
      ephemeral: createMemoryEphemeralStore({ clock: systemClock }),
      passwords: createPasswords({ random: systemRandom }),
      changeFile: absent,
      watchFile: absent,
    },
  );
  return createSecurityDomain({
    name: 'bench',
    modules: [{ name: 'Database', code: 'Database', flag: 'required', module, stacking: false }],
    audit: createAuditTrail({ providers: [], node: 'bench', clock: systemClock, random: systemRandom }),
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    configRevision: 'bench',
    defaultDeadlineMs: 10_000,
  });
}

/** Calls a second, one caller a connection. */
async function rate(work: (name: string) => Promise<void>): Promise<number> {
  const begun = performance.now();
  let left = perRound;
  const worker = async () => {
    while (left-- > 0) await work(`user${1 + (left % 1000)}`);
  };
  await Promise.all(Array.from({ length: poolSize }, worker));
  return (perRound * 1000) / (performance.now() - begun);
}

async function compared(ours: (name: string) => Promise<void>, bare: (name: string) => Promise<void>) {
  const measured = { ours: [] as number[], reference: [] as number[] };
  await rate(bare);
  await rate(ours);
  for (let round = 0; round < rounds; round += 1) {
    measured.reference.push(await rate(bare));
    measured.ours.push(await rate(ours));
  }
  return { ours: median(measured.ours), reference: median(measured.reference) };
}

export async function sqlLogin(): Promise<readonly Row[]> {
  const server = await startPostgresql();
  server.run(tables);
  const { port, database, user, password } = server;
  const where = { host: '127.0.0.1', port, database, user };
  const pool = openPostgresql({ ...where, password: new Secret(password), poolSize, ...limits });
  const datasource = createDatasource({ name: 'users', pool, logger, ...limits });
  const bare = new pg.Pool({ ...where, password, max: poolSize });
  bare.on('error', silent);
  const principalsQuery = `${principals}?`;
  const one = await domainOn(datasource, { principalsQuery });
  const two = await domainOn(datasource, { principalsQuery, rolesQuery: `${roles}?` });
  const login = (domain: SecurityDomain) => async (username: string) => {
    const evidence = { kind: 'password', username, password: new Secret('secret') } as const;
    const result = await domain.login(evidence, { sourceAddress: '127.0.0.1', mechanism: 'FORM' });
    if (result.status !== 'authenticated') throw new Error(`not authenticated: ${JSON.stringify(result)}`);
  };
  const ask = async (sql: string, name: string) => {
    const { rows } = await bare.query(sql, [name]);
    if (rows.length !== 1) throw new Error('the reference finds nobody');
  };
  try {
    const password = await compared(login(one), (name) => ask(`${principals}$1`, name));
    const withRoles = await compared(login(two), async (name) => {
      await ask(`${principals}$1`, name);
      await ask(`${roles}$1`, name);
    });
    return [
      row({
        name: 'login-sql',
        unit: 'logins per second',
        ...password,
        referenceIs: 'the same query per second on a bare pool of pg, as many connections',
        target: '>= 0.3',
      }),
      row({
        name: 'login-sql-roles',
        unit: 'logins per second',
        ...withRoles,
        referenceIs: 'the same two queries per second on a bare pool of pg, as many connections',
        target: '>= 0.5',
      }),
    ];
  } finally {
    await one.close();
    await two.close();
    await datasource.close();
    await bare.end();
    await server.close();
  }
}
