/** @module MariaDB behind a datasource. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMariadb } from '../../../src/adapters/sql/mariadb.ts';
import { datasourceConformance, patient } from '../../conformance/datasource.ts';
import { openOn, sqlServerConformance } from '../../conformance/sql-server.ts';
import { startMariadb } from '../../support/servers/mariadb.ts';
import type { SqlServer } from '../../support/servers/sql-server.ts';

let server: SqlServer;
beforeAll(async () => {
  server = await startMariadb();
});
afterAll(() => server.close());

const place = { server: () => server, openPool: openMariadb };
const slow = 'select sleep(4) /* NEVER-SHOWN */';
const others = "from information_schema.processlist where user = 'gatehouse'";

datasourceConformance({
  product: 'MariaDB',
  open: (limits) => openOn(place, limits),
  run: (sql) => server.run(sql),
  slow,
  bytes: 'blob',
  question: `select '?', ? -- ?
    from (select 1 as \`?\`) as t /* ? */ where '\\'?' <> '' and '''' <> '?' and "?" <> '' and \`?\` = 1 # ?`,
});

sqlServerConformance({
  ...place,
  product: 'MariaDB',
  slow,
  running: `select count(*) ${others} and info like '%sleep(%' and command <> 'Sleep'`,
  connections: `select count(*) ${others}`,
  checksAddresses: false,
});

describe('MariaDB', () => {
  it.each(['date', 'decimal(5,2)', 'json', 'point', 'bit(8)'])('gives a %s as text or bytes', async (type) => {
    const { datasource } = openOn(place);
    const values = { date: "'2020-02-29'", 'decimal(5,2)': '1.50', json: "'[1]'", point: 'point(1,2)', 'bit(8)': '7' };
    server.run(`create or replace table typed (value ${type}); insert into typed values (${values[type as 'date']})`);
    const [row] = await datasource.query('select value from typed', [], patient);
    expect(typeof row?.[0] === 'string' || row?.[0] instanceof Uint8Array).toBe(true);
    await datasource.close();
  });

  it('compares names byte by byte where the column says so', async () => {
    const { datasource } = openOn(place);
    server.run("create table exact_names (name varchar(50)); insert into exact_names values ('alice')");
    for (const name of ['Alice', 'alice ', '\u202ealice', 'álice']) {
      expect(await datasource.query('select 1 from exact_names where name = ?', [name], patient)).toEqual([]);
    }
    await datasource.close();
  });
});
