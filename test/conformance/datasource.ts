/** @module What every datasource does, whichever product is behind it. */
import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OpenDatasource } from '../../src/adapters/sql/datasource.ts';
import type { RecordingLogger } from '../support/plugin-services.ts';
import { texts } from './texts.ts';

export interface DatasourceLimits {
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly maxRows: number;
}

export interface DatasourceHarness {
  readonly product: string;
  open(limits: DatasourceLimits): { readonly datasource: OpenDatasource; readonly logger: RecordingLogger };
  /** Runs statements past the datasource. */
  run(sql: string): void;
  /** A query that takes some seconds; with `NEVER-SHOWN` in a comment. */
  readonly slow: string;
  /** The type of a column that keeps bytes. */
  readonly bytes: string;
  /** A query for `'?'` in every kind of place that is no placeholder, and one that is. Its row: `['?', parameter]`. */
  readonly question: string;
  /** Texts of `texts` that the product does not keep, by their names. */
  readonly refusedTexts?: readonly string[];
}

const limits: DatasourceLimits = { poolSize: 2, connectTimeoutMs: 2000, statementTimeoutMs: 3000, maxRows: 50 };
export const patient = new AbortController().signal;
export const unavailable = { code: 'ERR_STORE_UNAVAILABLE' };
const faultOf = (reason: string) => ({ ...unavailable, facts: { reason } });

export function datasourceConformance(harness: DatasourceHarness): void {
  const opened: OpenDatasource[] = [];

  function open(changes: Partial<DatasourceLimits> = {}) {
    const made = harness.open({ ...limits, ...changes });
    opened.push(made.datasource);
    return made;
  }

  afterEach(async () => {
    for (const datasource of opened.splice(0)) await datasource.close();
  });

  beforeAll(() => {
    harness.run('create table people (name varchar(300), age integer)');
    harness.run("insert into people values ('alice', 31), ('bob', null)");
    harness.run(`create table things (id integer, bytes ${harness.bytes}, big bigint, fraction double precision)`);
  });

  describe(`${harness.product} as a Datasource`, () => {
    it('gives rows in the order of the query, columns by position', async () => {
      const { datasource } = open();
      const rows = await datasource.query('select name, age, name from people order by name', [], patient);
      expect(rows).toEqual([
        ['alice', 31, 'alice'],
        ['bob', null, 'bob'],
      ]);
    });

    it('gives no row where there is none', async () => {
      expect(await open().datasource.query('select age from people where name = ?', ['carol'], patient)).toEqual([]);
    });

    it('binds parameters in order', async () => {
      const sql = 'select age from people where name = ? and age = ?';
      expect(await open().datasource.query(sql, ['alice', 31], patient)).toEqual([[31]]);
    });

    it('takes no question mark in a string, a quoted name or a comment for a placeholder', async () => {
      expect(await open().datasource.query(harness.question, ['alice'], patient)).toEqual([['?', 'alice']]);
    });

    it('takes a parameter for a value, whatever it says', async () => {
      const { datasource } = open();
      const rows = await datasource.query('select age from people where name = ?', ["x' or '1'='1' --"], patient);
      expect(rows).toEqual([]);
    });

    for (const [what, text] of texts) {
      if (harness.refusedTexts?.includes(what) === true) continue;
      it(`keeps ${what}`, async () => {
        const { datasource } = open();
        await datasource.update('delete from people where age = ?', [99], patient);
        await datasource.update('insert into people values (?, 99)', [text], patient);
        expect(await datasource.query('select name from people where age = 99', [], patient)).toEqual([[text]]);
      });
    }

    it('keeps bytes, large integers and fractions', async () => {
      const { datasource } = open();
      const bytes = new Uint8Array([0, 39, 92, 255]);
      const values = [1, bytes, 9_007_199_254_740_993n, 1.5];
      await datasource.update('insert into things values (?, ?, ?, ?)', values, patient);
      const [row = []] = await datasource.query('select bytes, big, fraction from things where id = ?', [1], patient);
      expect([Buffer.from(row[0] as Uint8Array).equals(bytes), String(row[1]), row[2]]).toEqual([
        true,
        '9007199254740993',
        1.5,
      ]);
    });

    it('says how many rows an update has changed', async () => {
      const { datasource } = open();
      await datasource.update("insert into people values ('u1', 70), ('u2', 70)", [], patient);
      expect(await datasource.update('update people set age = ? where age = ?', [71, 70], patient)).toBe(2);
      expect(await datasource.update('delete from people where age = ?', [71], patient)).toBe(2);
      expect(await datasource.update('delete from people where age = ?', [71], patient)).toBe(0);
    });

    it('runs one statement, never what follows it', async () => {
      const { datasource } = open();
      await datasource.query('select 1; delete from people', [], patient).catch(() => undefined);
      expect(await datasource.query("select 1 from people where name = 'alice'", [], patient)).toHaveLength(1);
    });

    it.each(['selec name from people', 'select x from no_such_table', 'select no_such_column from people'])(
      'says of %s that the database refuses it, and goes on',
      async (sql) => {
        const { datasource } = open({ poolSize: 1 });
        await expect(datasource.query(sql, [], patient)).rejects.toMatchObject(unavailable);
        expect(await datasource.query("select 1 from people where name = 'bob'", [], patient)).toHaveLength(1);
      },
    );

    it('takes more rows than allowed for a fault, and goes on', async () => {
      const { datasource } = open({ maxRows: 2, poolSize: 1 });
      expect(await datasource.query('select 1 union all select 2', [], patient)).toHaveLength(2);
      const three = 'select 1 union all select 2 union all select 3';
      await expect(datasource.query(three, [], patient)).rejects.toMatchObject(faultOf('too-many-rows'));
      expect(await datasource.query('select 1 union all select 2', [], patient)).toHaveLength(2);
    });

    it('stops a statement that takes too long, and goes on', async () => {
      const { datasource } = open({ statementTimeoutMs: 150, poolSize: 1 });
      await expect(datasource.query(harness.slow, [], patient)).rejects.toMatchObject({
        ...unavailable,
        facts: { code: 'STATEMENT_TIMEOUT' },
      });
      expect(await datasource.query('select 1', [], patient)).toHaveLength(1);
    });

    it('gives up when it is told to, and goes on', async () => {
      const { datasource } = open({ poolSize: 1 });
      await datasource.query('select 1', [], patient);
      const stop = new AbortController();
      const answer = datasource.query(harness.slow, [], stop.signal);
      stop.abort();
      await expect(answer).rejects.toMatchObject({ ...unavailable, facts: { code: 'ABORTED' } });
      expect(await datasource.query('select 1', [], patient)).toHaveLength(1);
    });

    it('asks nothing when it was told to stop before', async () => {
      const { datasource } = open();
      const insert = "insert into people values ('never', 1)";
      await expect(datasource.update(insert, [], AbortSignal.abort())).rejects.toMatchObject(unavailable);
      expect(await datasource.query("select 1 from people where name = 'never'", [], patient)).toEqual([]);
    });

    it('waits for a connection as long as for a new one, and no longer', async () => {
      const { datasource } = open({ poolSize: 1, connectTimeoutMs: 100 });
      await datasource.query('select 1', [], patient);
      const stop = new AbortController();
      const slow = datasource.query(harness.slow, [], stop.signal);
      await expect(datasource.query('select 1', [], patient)).rejects.toMatchObject({
        ...unavailable,
        facts: { code: 'CONNECT_TIMEOUT' },
      });
      stop.abort();
      await expect(slow).rejects.toMatchObject(unavailable);
    });

    it('answers more callers than it has connections', async () => {
      const { datasource } = open();
      const asked = Array.from({ length: 40 }, (_, index) => datasource.query('select ? + 0', [index], patient));
      expect((await Promise.all(asked)).map(([row]) => Number(row?.[0]))).toEqual([...asked.keys()]);
    });

    it('shows neither statement nor parameter in a fault or in the log', async () => {
      const { datasource, logger } = open();
      const sql = "select nothing /* NEVER-SHOWN */ from people where name = 'NEVER-SHOWN' and age = ?";
      const fault: unknown = await datasource.query(sql, ['NEVER-SHOWN'], patient).catch((error: unknown) => error);
      expect(fault).toMatchObject(unavailable);
      expect(inspect([fault, logger.lines], { depth: 20, showHidden: true })).not.toContain('NEVER-SHOWN');
    });

    it('logs a fault once, and once that it is over', async () => {
      const { datasource, logger } = open();
      const wrong = () => datasource.query('select x from no_such_table', [], patient).catch(() => undefined);
      await wrong();
      await wrong();
      await datasource.query('select 1', [], patient);
      await datasource.query('select 1', [], patient);
      expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    });

    it('can be closed twice, and unused', async () => {
      const { datasource } = open();
      await datasource.close();
      await expect(datasource.close()).resolves.toBeUndefined();
    });
  });
}
