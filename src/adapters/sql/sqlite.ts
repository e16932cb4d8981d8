/** @module SQLite by node:sqlite in a thread of its own, so that a slow or locked file keeps nobody waiting but who asked it. */
import { Worker } from 'node:worker_threads';
import type { SqlRow, SqlValue } from '../../spi/datasource.ts';
import {
  connectionFault,
  type SqlAnswer,
  type SqlConnection,
  type SqlFault,
  type SqlPool,
  TooManyRows,
} from './pool.ts';

export interface SqliteOptions {
  /** Absolute. */
  readonly file: string;
  readonly statementTimeoutMs: number;
}

export interface SqliteSettings {
  readonly file: string;
  /** How long SQLite itself waits for a lock. */
  readonly busyTimeoutMs: number;
}

export interface SqliteQuestion {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  readonly maxRows: number;
}

export type SqliteAnswer =
  | { readonly status: 'answered'; readonly rows: readonly SqlRow[]; readonly changes: number }
  | { readonly status: 'too-many-rows' }
  | { readonly status: 'failed'; readonly code: string };

class SqliteError extends Error {
  override readonly name = 'SqliteError';
  readonly fault: SqlFault;
  constructor(code: string) {
    super(code);
    const reason = unreachable.includes(code) || !code.startsWith('SQLITE_') ? 'unreachable' : 'refused';
    this.fault = { reason, code };
  }
}

/** SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_CANTOPEN, SQLITE_NOTADB. */
const unreachable: readonly string[] = ['SQLITE_10', 'SQLITE_11', 'SQLITE_14', 'SQLITE_26'];

/** The thread's file has the ending of this one: `.ts` here, `.js` in a build. */
const threadFile = new URL(import.meta.url.replace(/(\.[jt]s)$/, '-worker$1'));

/** One thread, one connection: who comes while it is lent waits. Starts at the first use. */
export function openSqlite(options: SqliteOptions): SqlPool {
  let thread: Worker | undefined;
  let lent = false;
  const waiting: ((connection: SqlConnection) => void)[] = [];

  function start(): Worker {
    const settings: SqliteSettings = { file: options.file, busyTimeoutMs: options.statementTimeoutMs };
    const started = new Worker(threadFile, { workerData: settings });
    started.on('exit', () => {
      if (thread === started) thread = undefined;
    });
    return started;
  }

  function next(): void {
    const first = waiting.shift();
    lent = first !== undefined;
    first?.(lend());
  }

  function lend(): SqlConnection {
    const used = thread !== undefined;
    thread ??= start();
    const asked = thread;
    return {
      used,
      async execute(sql, parameters, maxRows) {
        return ask(asked, { sql, parameters, maxRows });
      },
      release: next,
      abandon() {
        // SQLite cannot be interrupted: the thread ends when its statement does, and nobody waits for that.
        asked.unref();
        void asked.terminate();
        thread = undefined;
        next();
      },
    };
  }

  return {
    acquire() {
      const { promise, resolve } = Promise.withResolvers<SqlConnection>();
      waiting.push(resolve);
      if (!lent) next();
      return promise;
    },
    diagnose: (error) => (error instanceof SqliteError ? error.fault : connectionFault(error)),
    async close() {
      await thread?.terminate();
    },
  };
}

function ask(thread: Worker, question: SqliteQuestion): Promise<SqlAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<SqlAnswer>();
  const answered = (answer: SqliteAnswer) => {
    switch (answer.status) {
      case 'answered':
        return resolve(answer);
      case 'too-many-rows':
        return reject(new TooManyRows());
      case 'failed':
        return reject(new SqliteError(answer.code));
      default:
        return answer satisfies never;
    }
  };
  const ended = () => reject(new SqliteError('THREAD_ENDED'));
  thread.once('message', answered);
  thread.once('error', reject);
  thread.once('exit', ended);
  const forget = () => {
    thread.off('message', answered);
    thread.off('error', reject);
    thread.off('exit', ended);
  };
  promise.then(forget, forget);
  thread.postMessage(question);
  return promise;
}
