/** @module SQLite behind a datasource. */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createDatasource, type OpenDatasource } from '../../../src/adapters/sql/datasource.ts';
import { openSqlite } from '../../../src/adapters/sql/sqlite.ts';
import { datasourceConformance, patient, unavailable } from '../../conformance/datasource.ts';
import { RecordingLogger } from '../../support/plugin-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const main = join(folder, 'main.db');

function open(file: string, changes: { readonly statementTimeoutMs?: number } = {}) {
  const logger = new RecordingLogger();
  const limits = { connectTimeoutMs: 2000, statementTimeoutMs: 3000, maxRows: 50, ...changes };
  return {
    datasource: createDatasource({ ...limits, name: 'users', pool: openSqlite({ file, ...limits }), logger }),
    logger,
  };
}

function make(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

datasourceConformance({
  product: 'SQLite',
  open: (limits) => open(main, limits),
  run: (sql) => make(main, sql),
  slow: `with recursive c(n) as (select 1 union all select n + 1 from c where n < 8000000)
    select count(*) from c /* NEVER-SHOWN */`,
  bytes: 'blob',
  question: `select '?', ? -- ?
    from (select 1 as "a?", 2 as [b?], 3 as \`c?\`) as t /* ? */ where '''' <> '?' and "a?" = 1 and [b?] = 2 and \`c?\` = 3`,
});

describe('SQLite', () => {
  const opened: OpenDatasource[] = [];
  const openNew = (...args: Parameters<typeof open>) => {
    const { datasource } = open(...args);
    opened.push(datasource);
    return datasource;
  };
  afterEach(async () => {
    for (const datasource of opened.splice(0)) await datasource.close();
  });

  it('makes no file, and is asked when there is one', async () => {
    const file = join(folder, 'later.db');
    const datasource = openNew(file);
    const ask = () => datasource.query('select x from t', [], patient);
    await expect(ask()).rejects.toMatchObject({ ...unavailable, facts: { reason: 'unreachable', code: 'ENOENT' } });
    expect(existsSync(file)).toBe(false);
    make(file, 'create table t (x); insert into t values (7)');
    expect(await ask()).toEqual([[7]]);
  });

  it('reads the file that was put in place of the old one', async () => {
    const file = join(folder, 'replaced.db');
    make(file, 'create table t (x); insert into t values (1)');
    const datasource = openNew(file);
    expect(await datasource.query('select x from t', [], patient)).toEqual([[1]]);
    make(`${file}.new`, 'create table t (x); insert into t values (2)');
    renameSync(`${file}.new`, file);
    expect(await datasource.query('select x from t', [], patient)).toEqual([[2]]);
  });

  it('cannot be asked while the file is no database', async () => {
    const datasource = openNew(new URL(import.meta.url).pathname);
    await expect(datasource.query('select 1 from t', [], patient)).rejects.toMatchObject({
      ...unavailable,
      facts: { reason: 'unreachable', code: 'SQLITE_26' },
    });
  });

  it('keeps nobody else waiting while a file is locked', async () => {
    const file = join(folder, 'locked.db');
    make(file, 'create table t (x)');
    const locker = new DatabaseSync(file);
    locker.exec('begin exclusive');
    const datasource = openNew(file, { statementTimeoutMs: 200 });
    let turns = 0;
    const counter = setInterval(() => {
      turns += 1;
    }, 1);
    await expect(datasource.query('select x from t', [], patient)).rejects.toMatchObject(unavailable);
    clearInterval(counter);
    expect(turns).toBeGreaterThan(10);
    locker.exec('rollback');
    locker.close();
    expect(await datasource.query('select x from t', [], patient)).toEqual([]);
  });
});
