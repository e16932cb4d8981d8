/** @module PostgreSQL by pg: extended protocol only, bound parameters, rows read one by one, cancel at the server. */
import type pg from 'pg';
import type { SqlRow, SqlValue } from '../../spi/datasource.ts';
import { numberPlaceholders } from '../../wire/sql-placeholders.ts';
import {
  clearingMs,
  codeOf,
  connectionFault,
  type SqlAnswer,
  type SqlConnection,
  type SqlFault,
  type SqlPool,
  type SqlServerOptions,
  TooManyRows,
} from './pool.ts';
import { sendCancelRequest } from './postgresql-cancel.ts';
import { parserOf } from './postgresql-types.ts';
import { tlsOptions } from './tls.ts';

/** Idle connections are given up after this long, so that a quiet night needs none. */
const idleMs = 60_000;
/** SQLSTATE classes and codes after which the connection is of no use: 08 connection (not 08P01: a wrong number of parameters), 53 resources, 57P0x shutdown, 28 login, 3D no database. */
const fatalState = /^(?:08(?!P01)|28|3D|53)...$|^57P0.$/;
/** A prepared statement that is no more what it was: its table was changed, or a pooler in between has another server for us. */
const staleState: readonly string[] = ['0A000', '26000'];
/** A domain has a handful of statements; further ones are not prepared. */
const maxPrepared = 100;
/** query_canceled: the statement time-out. */
const cancelledState = '57014';

interface Prepared {
  readonly text: string;
  readonly name?: string;
}

/** Connects at the first use. */
export function openPostgresql(options: SqlServerOptions): SqlPool {
  let opening: Promise<{ readonly pool: pg.Pool; readonly Query: typeof pg.Query }> | undefined;

  async function open() {
    const { default: library } = await import('pg');
    const pool = new library.Pool({
      host: options.host,
      port: options.port,
      database: options.database,
      user: options.user,
      // A function: where there is none, the library must not look for one in the environment.
      password: () => options.password?.reveal() ?? '',
      ssl: options.tls === undefined ? false : tlsOptions(options.tls),
      max: options.poolSize,
      connectionTimeoutMillis: options.connectTimeoutMs + clearingMs,
      statement_timeout: options.statementTimeoutMs,
      idleTimeoutMillis: idleMs,
      keepAlive: true,
      application_name: 'gatehouse',
    });
    // An idle connection was lost: the pool has dropped it, and the next statement gets another.
    pool.on('error', () => undefined);
    return { pool, Query: library.Query };
  }

  const prepared = new Map<string, Prepared>();

  /** Named, so that each connection has it parsed and planned once. */
  function prepare(sql: string): Prepared {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const { text } = numberPlaceholders(sql);
    if (prepared.size >= maxPrepared) return { text };
    const made = { text, name: `gatehouse-${prepared.size + 1}` };
    prepared.set(sql, made);
    return made;
  }

  const used = new WeakSet<pg.PoolClient>();

  return {
    async acquire() {
      opening ??= open();
      const { pool, Query } = await opening;
      const client = await pool.connect();
      const wasUsed = used.has(client);
      used.add(client);
      return connectionOf(client, { Query, prepare, options, used: wasUsed });
    },
    diagnose,
    async close() {
      await (await opening)?.pool.end();
    },
  };
}

function diagnose(error: unknown): SqlFault | undefined {
  if (error instanceof Error && 'severity' in error) {
    const code = codeOf(error) ?? 'UNKNOWN';
    if (code === cancelledState) return { reason: 'refused', code: 'STATEMENT_TIMEOUT' };
    return { reason: fatalState.test(code) || staleState.includes(code) ? 'unreachable' : 'refused', code };
  }
  return connectionFault(error);
}

interface ConnectionParts {
  readonly Query: typeof pg.Query;
  readonly prepare: (sql: string) => Prepared;
  readonly options: SqlServerOptions;
  readonly used: boolean;
}

function connectionOf(client: pg.PoolClient, { Query, prepare, options, used }: ConnectionParts): SqlConnection {
  // While it is lent, the pool does not listen: the loss is reported by the statement.
  const lost = () => undefined;
  client.on('error', lost);

  function execute(sql: string, parameters: readonly SqlValue[], maxRows: number): Promise<SqlAnswer> {
    const config = {
      ...prepare(sql),
      values: [...parameters],
      rowMode: 'array',
      // The simple protocol would run several statements where one is meant.
      queryMode: 'extended',
      types: { getTypeParser: parserOf },
    };
    const { promise, resolve, reject } = Promise.withResolvers<SqlAnswer>();
    const rows: SqlRow[] = [];
    const query = new Query<SqlValue[]>(config);
    query.on('row', (row: SqlValue[]) => {
      if (rows.length < maxRows) rows.push(row);
      else reject(new TooManyRows());
    });
    query.on('end', (result) => resolve({ rows, changes: result.rowCount ?? 0 }));
    query.on('error', reject);
    client.query(query);
    return promise;
  }

  return {
    used,
    execute,
    release() {
      client.off('error', lost);
      client.release();
    },
    abandon() {
      sendCancelRequest(client, options);
      // `lost` stays: the socket may yet report its end.
      client.release(true);
    },
  };
}
