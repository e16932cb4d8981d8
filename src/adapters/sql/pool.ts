/** @module What a product's client library must do for a datasource: connections out of a pool, statements on them, faults in words. */
import type { SqlRow, SqlValue } from '../../spi/datasource.ts';
import type { Secret } from '../../spi/secret.ts';

export interface SqlAnswer {
  readonly rows: readonly SqlRow[];
  /** How many rows a statement that is no query has changed. */
  readonly changes: number;
}

export interface SqlConnection {
  /** It has served before: that it is lost may be old news, and a fresh connection may do. */
  readonly used: boolean;
  /** Reads no further than one row more than `maxRows`. @throws TooManyRows, and whatever `diagnose` understands */
  execute(sql: string, parameters: readonly SqlValue[], maxRows: number): Promise<SqlAnswer>;
  /** Gives the connection back. */
  release(): void;
  /** Tells the database to stop, as far as it listens, and drops the connection. Waits for nothing. */
  abandon(): void;
}

/** One of `acquire` and `release`/`abandon` each, in turn. */
export interface SqlPool {
  /** A connection for one caller alone. */
  acquire(): Promise<SqlConnection>;
  /** `undefined` for an error that is no fault of the database: a bug. */
  diagnose(error: unknown): SqlFault | undefined;
  close(): Promise<void>;
}

export interface SqlFault {
  /** `refused`: the database answered, and the connection may go on. All others end the connection. */
  readonly reason: 'refused' | 'unreachable' | 'timeout' | 'too-many-rows';
  /** SQLSTATE, a product's or Node's error code. Never a message: it may quote the statement, and with it a secret. */
  readonly code: string;
}

export class TooManyRows extends Error {
  override readonly name = 'TooManyRows';
}

/** How TLS is made to a database. */
export interface SqlTls {
  /** `verify-ca`: whatever host name the certificate has. */
  readonly mode: 'verify-full' | 'verify-ca';
  /** PEM. Absent: the authorities that Node brings. */
  readonly ca?: string;
}

/** A database server and how it is asked. */
export interface SqlServerOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: Secret<string>;
  /** Absent: in the clear. */
  readonly tls?: SqlTls;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/**
 * A client library's own limit for a connection comes this much after the datasource's: it only clears away what nobody waits for.
 */
export const clearingMs = 250;

const plainCode = /^[A-Za-z0-9_]{1,64}$/;

/** The `code` of an error, if it is one that may be shown. */
export function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  return plainCode.test(code) ? code : undefined;
}

/** What Node and the client libraries throw when a connection fails; they have no class of their own for it. */
export function connectionFault(error: unknown): SqlFault | undefined {
  if (!(error instanceof Error) || !['Error', 'AggregateError'].includes(error.name)) {
    return undefined;
  }
  return { reason: 'unreachable', code: codeOf(error) ?? 'CONNECTION_LOST' };
}
