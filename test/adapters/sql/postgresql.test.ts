/** @module PostgreSQL behind a datasource. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresql } from '../../../src/adapters/sql/postgresql.ts';
import { datasourceConformance, patient } from '../../conformance/datasource.ts';
import { openOn, sqlServerConformance } from '../../conformance/sql-server.ts';
import { startPostgresql } from '../../support/servers/postgresql.ts';
import type { SqlServer } from '../../support/servers/sql-server.ts';

let server: SqlServer;
beforeAll(async () => {
  server = await startPostgresql();
});
afterAll(() => server.close());

const place = { server: () => server, openPool: openPostgresql };
const slow = 'select pg_sleep(4) /* NEVER-SHOWN */';
const others = "from pg_stat_activity where application_name = 'gatehouse'";

datasourceConformance({
  product: 'PostgreSQL',
  open: (limits) => openOn(place, limits),
  run: (sql) => server.run(sql),
  slow,
  bytes: 'bytea',
  question: `select '?', ?::text -- ?
    from (select 1 as "?") as t /* ? /* ' */ ? */ where E'\\'?' <> '' and $x$ ? ' $x$ <> '' and '''' <> '?' and "?" = 1`,
  refusedTexts: ['NUL and other control characters'],
});

sqlServerConformance({
  ...place,
  product: 'PostgreSQL',
  slow,
  running: `select count(*) ${others} and state = 'active' and query like '%pg_sleep%'`,
  connections: `select count(*) ${others}`,
  checksAddresses: true,
});

describe('PostgreSQL', () => {
  it('refuses NUL, which it cannot keep', async () => {
    const { datasource } = openOn(place);
    await expect(datasource.query('select ?::text', ['a\u0000'], patient)).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      facts: { reason: 'refused', code: '22021' },
    });
    await datasource.close();
  });

  it('has its operators with question marks when they are doubled', async () => {
    const { datasource } = openOn(place);
    const sql = `select '{"a": 1}'::jsonb ?? ?`;
    expect(await datasource.query(sql, ['a'], patient)).toEqual([[true]]);
    await datasource.close();
  });

  it('goes on after a table has changed under a prepared statement', async () => {
    const { datasource, logger } = openOn(place);
    server.run('create table changing (a integer); insert into changing values (1)');
    const ask = () => datasource.query('select * from changing where a = ?', [1], patient);
    expect(await ask()).toEqual([[1]]);
    server.run('alter table changing add column b integer');
    expect(await ask()).toEqual([[1, null]]);
    expect(logger.lines).toEqual([]);
    await datasource.close();
  });

  it('cancels over TLS too', async () => {
    const { datasource } = openOn(place, { host: 'localhost', tls: { mode: 'verify-full', ca: server.ca } });
    const stop = new AbortController();
    const running = () =>
      Number(server.run(`select count(*) ${others} and state = 'active' and query like '%pg_sleep%'`));
    const answer = datasource.query(slow, [], stop.signal);
    await expect.poll(running).toBe(1);
    stop.abort();
    await expect(answer).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    await expect.poll(running, { timeout: 2500 }).toBe(0);
    await datasource.close();
  });
});
