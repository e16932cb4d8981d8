/** @module The contract of an SQL database as modules see it: bound parameters in, rows by position out. */

export type SqlValue = string | number | bigint | boolean | Uint8Array | null;

/** Where JBoss's modules look when nothing is said (jboss-facts §2.3). */
export const defaultJndiName = 'java:/DefaultDS';

/** The name of a datasource out of the JNDI name by which JBoss knew it: without `java:/` or `java:jboss/datasources/`. */
export function datasourceNameOf(jndiName: string): string {
  return jndiName.replace(/^java:(?:\/|jboss\/datasources\/)/, '');
}

/** Columns in the order of the query: JBoss's modules read them by position. */
export type SqlRow = readonly SqlValue[];

/** A configured database behind a pool. Placeholders are `?` for every product; none stands for a name or a piece of SQL. */
export interface Datasource {
  readonly name: string;
  /**
   * Runs one statement under the datasource's statement time-out, and gives up when `signal` is aborted.
   * More rows than the datasource's limit are a fault, not a cut.
   * @throws ERR_STORE_UNAVAILABLE when the database cannot be asked, refuses the statement or answers too late.
   */
  query(sql: string, parameters: readonly SqlValue[], signal: AbortSignal): Promise<readonly SqlRow[]>;
  /** Changes rows and says how many. @throws as `query` does; then nothing has changed. */
  update(sql: string, parameters: readonly SqlValue[], signal: AbortSignal): Promise<number>;
}
