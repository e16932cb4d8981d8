/** @module MariaDB by mysql2: statements prepared at the server, bound parameters, rows read one by one, KILL QUERY on abort. */

import type mysql from 'mysql2';
import type { Connection, PoolConnection, PoolOptions } from 'mysql2';
import type { SqlRow, SqlValue } from '../../spi/datasource.ts';
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

type Library = typeof mysql;

/** Idle connections are given up after this long, so that a quiet night needs none. */
const idleMs = 60_000;
/** A domain has a handful of statements; each one prepared is memory at the server. */
const maxPrepared = 100;
/** ER_STATEMENT_TIMEOUT. mysql2 knows MySQL's numbers and names this one otherwise. */
const statementTimeoutNumber = 1969;
/** Errors of the server after which the connection is of no use: too many connections, shutdown, killed, login refused, no database. */
const fatalNumbers: readonly number[] = [1040, 1044, 1045, 1049, 1053, 1129, 1130, 1203, 1226, 1927, 4151];

/** Connects at the first use. */
export function openMariadb(options: SqlServerOptions): SqlPool {
  let opening: Promise<{ readonly library: Library; readonly pool: mysql.Pool }> | undefined;

  async function open() {
    const { default: library } = await import('mysql2');
    const pool = library.createPool({
      ...settings(options),
      connectionLimit: options.poolSize,
      maxIdle: 0,
      idleTimeout: idleMs,
      waitForConnections: true,
      maxPreparedStatements: maxPrepared,
    });
    pool.on('connection', (connection) => {
      // Its end is reported by the statement, or by nobody: the pool has dropped it then.
      connection.on('error', () => undefined);
      // Queued before the first statement. Where it is refused, the time-out here remains.
      connection.query(`SET SESSION max_statement_time = ${options.statementTimeoutMs / 1000}`, () => undefined);
    });
    return { library, pool };
  }

  const used = new WeakSet<PoolConnection>();

  return {
    async acquire() {
      opening ??= open();
      const { library, pool } = await opening;
      const connection = await new Promise<PoolConnection>((resolve, reject) => {
        pool.getConnection((error, lent) => (error === null ? resolve(lent) : reject(error)));
      });
      const wasUsed = used.has(connection);
      used.add(connection);
      return connectionOf(connection, wasUsed, () => kill(library, connection.threadId, options));
    },
    diagnose,
    async close() {
      const opened = await opening;
      await new Promise<void>((resolve) => {
        if (opened === undefined) resolve();
        else opened.pool.end(() => resolve());
      });
    },
  };
}

function settings(options: SqlServerOptions): PoolOptions {
  const { host, port, database, user, tls } = options;
  return {
    host,
    port,
    database,
    user,
    password: options.password?.reveal() ?? '',
    ...(tls === undefined
      ? {}
      : {
          ssl: {
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            rejectUnauthorized: true,
            verifyIdentity: tls.mode === 'verify-full',
            minVersion: 'TLSv1.2',
          },
        }),
    charset: 'utf8mb4',
    connectTimeout: options.connectTimeoutMs + clearingMs,
    enableKeepAlive: true,
    multipleStatements: false,
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    // Row parsers are otherwise source code made of column names.
    disableEval: true,
  };
}

/** Asks and does not wait; a server that cannot be reached stops the statement by its own time-out. */
function kill(library: Library, threadId: number, options: SqlServerOptions): void {
  const connection: Connection = library.createConnection(settings(options));
  connection.on('error', () => undefined);
  connection.query(`KILL QUERY ${Math.trunc(threadId)}`, () => connection.destroy());
}

function diagnose(error: unknown): SqlFault | undefined {
  if (error instanceof Error && 'errno' in error && 'sqlState' in error) {
    const number = Number(error.errno);
    if (number === statementTimeoutNumber) return { reason: 'refused', code: 'STATEMENT_TIMEOUT' };
    return { reason: fatalNumbers.includes(number) ? 'unreachable' : 'refused', code: codeOf(error) ?? `ER_${number}` };
  }
  return connectionFault(error);
}

function connectionOf(connection: PoolConnection, used: boolean, stop: () => void): SqlConnection {
  function execute(sql: string, parameters: readonly SqlValue[], maxRows: number): Promise<SqlAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<SqlAnswer>();
    const rows: SqlRow[] = [];
    let changes = 0;
    const values = parameters.map((value) =>
      typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? Buffer.from(value) : value,
    );
    const command = connection.execute({ sql, values });
    command.on('error', reject);
    command.on('result', (result: unknown) => {
      if (!Array.isArray(result)) {
        changes = affectedRows(result);
      } else if (rows.length < maxRows) {
        rows.push(result.map(sqlValue));
      } else {
        reject(new TooManyRows());
      }
    });
    command.on('end', () => resolve({ rows, changes }));
    return promise;
  }

  return {
    used,
    execute,
    release: () => connection.release(),
    abandon() {
      stop();
      connection.destroy();
    },
  };
}

function affectedRows(header: unknown): number {
  return typeof header === 'object' && header !== null && 'affectedRows' in header ? Number(header.affectedRows) : 0;
}

/** Spatial values and the like, for which the library makes objects, become text. */
function sqlValue(value: unknown): SqlValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      return value === null || value === undefined || value instanceof Uint8Array
        ? (value ?? null)
        : JSON.stringify(value);
  }
}
