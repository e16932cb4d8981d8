/** @module The thread in which an SQLite file is read: one statement at a time, asked and answered by messages. */
import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SqlRow, SqlValue } from '../../spi/datasource.ts';
import type { SqliteAnswer, SqliteQuestion, SqliteSettings } from './sqlite.ts';

/** A domain has a handful of statements. */
const maxPrepared = 100;

interface OpenFile {
  readonly database: DatabaseSync;
  /** Device and inode: a file that was put in place of the old one is another database. */
  readonly identity: string;
  readonly statements: Map<string, StatementSync>;
}

/** Never makes a file. */
function openFile({ file, busyTimeoutMs }: SqliteSettings, identity: string): OpenFile {
  const url = pathToFileURL(file);
  url.searchParams.set('mode', 'rw');
  const database = new DatabaseSync(url, { timeout: busyTimeoutMs });
  database.enableDefensive(true);
  return { database, identity, statements: new Map() };
}

function prepare({ database, statements }: OpenFile, sql: string): StatementSync {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  if (statements.size >= maxPrepared) statements.clear();
  statements.set(sql, statement);
  return statement;
}

function read(value: unknown): SqlValue {
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
  return typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array ? value : null;
}

function answer(open: OpenFile, { sql, parameters, maxRows }: SqliteQuestion): SqliteAnswer {
  const statement = prepare(open, sql);
  const bound = parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value));
  if (statement.columns().length === 0) {
    return { status: 'answered', rows: [], changes: Number(statement.run(...bound).changes) };
  }
  const rows: SqlRow[] = [];
  for (const row of statement.iterate(...bound)) {
    if (rows.length === maxRows) return { status: 'too-many-rows' };
    rows.push(Object.values(row).map(read));
  }
  return { status: 'answered', rows, changes: 0 };
}

/** The primary result code (SQLite manual, "Result and Error Codes"); Node's own code where the file is not there. */
function codeOf(error: Error): string {
  if ('errcode' in error && typeof error.errcode === 'number') return `SQLITE_${error.errcode & 0xff}`;
  return 'code' in error ? String(error.code) : 'UNKNOWN';
}

function serve(port: MessagePort, settings: SqliteSettings): void {
  let open: OpenFile | undefined;
  const current = () => {
    const { dev, ino } = statSync(settings.file);
    const identity = `${dev} ${ino}`;
    if (open?.identity === identity) return open;
    open?.database.close();
    open = undefined;
    open = openFile(settings, identity);
    return open;
  };
  port.on('message', (question: SqliteQuestion) => {
    let reply: SqliteAnswer;
    try {
      reply = answer(current(), question);
    } catch (error) {
      // Whatever it is goes to the thread that asked, which knows what to do with it.
      reply = { status: 'failed', code: error instanceof Error ? codeOf(error) : 'UNKNOWN' };
    }
    port.postMessage(reply);
  });
}

if (parentPort !== null) serve(parentPort, workerData);
