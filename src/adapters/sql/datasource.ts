/** @module A datasource over a pool: time limits, abort, row limit, a fresh connection for a lost one, and faults without secrets. */
import type { Datasource, SqlValue } from '../../spi/datasource.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Logger } from '../../spi/logger.ts';
import { type SqlAnswer, type SqlConnection, type SqlFault, type SqlPool, TooManyRows } from './pool.ts';

export interface DatasourceOptions {
  readonly name: string;
  readonly pool: SqlPool;
  readonly logger: Logger;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly maxRows: number;
}

export type OpenDatasource = Datasource & { close(): Promise<void> };

/** The database's own time-out comes first: its answer leaves the connection whole. */
const graceMs = 250;
/** After a restart of the database every idle connection may be lost; more than these are not tried for one statement. */
const maxFreshStarts = 3;

/** Somebody stopped waiting. */
class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly fault: SqlFault;
  constructor(code: string) {
    super(code);
    this.fault = { reason: 'timeout', code };
  }
}

/** What `work` gives, unless `ms` pass or the signal is aborted first. What becomes of it then is for `late`. */
function within<T>(
  work: Promise<T>,
  ms: number,
  signal: AbortSignal,
  code: string,
  late: (value: T) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let stopped = false;
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    const stop = (why: string) => {
      stopped = true;
      end();
      reject(new Stopped(why));
    };
    const abort = () => stop('ABORTED');
    const timer = setTimeout(() => stop(code), ms);
    signal.addEventListener('abort', abort, { once: true });
    work.then(
      (value) => {
        if (stopped) return late(value);
        end();
        return resolve(value);
      },
      (error: unknown) => {
        end();
        // After a stop this changes nothing: nobody waits for the answer.
        reject(error);
      },
    );
    if (signal.aborted) abort();
  });
}

export function createDatasource(options: DatasourceOptions): OpenDatasource {
  const { name, pool, logger, connectTimeoutMs, statementTimeoutMs, maxRows } = options;
  let lastFault: string | undefined;

  function diagnose(error: unknown): SqlFault | undefined {
    if (error instanceof Stopped) return error.fault;
    if (error instanceof TooManyRows) return { reason: 'too-many-rows', code: `MORE_THAN_${maxRows}` };
    return pool.diagnose(error);
  }

  /** One line when it begins and one when it is over, whatever the number of logins. */
  function note(fault: SqlFault | undefined): void {
    const now = fault === undefined ? undefined : `${fault.reason} ${fault.code}`;
    if (now === lastFault || fault?.code === 'ABORTED') return;
    lastFault = now;
    if (fault === undefined) logger.info({ datasource: name }, 'the database answers again');
    else logger.warn({ datasource: name, ...fault }, 'the database cannot be asked');
  }

  async function execute(connection: SqlConnection, sql: string, parameters: readonly SqlValue[], signal: AbortSignal) {
    try {
      const work = connection.execute(sql, parameters, maxRows);
      const answer = await within(work, statementTimeoutMs + graceMs, signal, 'STATEMENT_TIMEOUT', () => undefined);
      connection.release();
      return answer;
    } catch (error) {
      if (diagnose(error)?.reason === 'refused') connection.release();
      else connection.abandon();
      throw error;
    }
  }

  async function run(sql: string, parameters: readonly SqlValue[], signal: AbortSignal, again: boolean) {
    for (let freshStarts = 0; ; freshStarts += 1) {
      let used = false;
      try {
        if (signal.aborted) throw new Stopped('ABORTED');
        const late = (connection: SqlConnection) => connection.release();
        const connection = await within(pool.acquire(), connectTimeoutMs, signal, 'CONNECT_TIMEOUT', late);
        used = connection.used;
        const answer: SqlAnswer = await execute(connection, sql, parameters, signal);
        note(undefined);
        return answer;
      } catch (error) {
        const fault = diagnose(error);
        if (fault === undefined) throw error;
        if (again && used && fault.reason === 'unreachable' && freshStarts < maxFreshStarts) continue;
        note(fault);
        // No cause: what a client library throws may hold the statement or the connection's settings.
        throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the database cannot be asked', {
          facts: { datasource: name, reason: fault.reason, code: fault.code },
        });
      }
    }
  }

  return {
    name,
    async query(sql, parameters, signal) {
      return (await run(sql, parameters, signal, true)).rows;
    },
    // Not again: a connection that is lost after the statement was sent may have lost the answer only.
    async update(sql, parameters, signal) {
      return (await run(sql, parameters, signal, false)).changes;
    },
    close: () => pool.close(),
  };
}
