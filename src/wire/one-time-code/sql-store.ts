/** @module One-time codes in a table: found by a query, changed by statements whose row count decides who was first. */
import type { Datasource } from '../../spi/datasource.ts';
import { GatehouseError, isUnavailable } from '../../spi/errors.ts';
import type { OneTimeCodeStore, StoredOneTimeCode } from '../../spi/one-time-codes.ts';
import { textOf } from '../database-roles.ts';

export interface OneTimeCodeQueries {
  /** `?` name → name, record. */
  readonly query: string;
  /** `?` name, record. */
  readonly insert: string;
  /** `?` new record, name, old record. */
  readonly update: string;
  /** `?` name, old record. */
  readonly delete: string;
  /** No `?` → names. */
  readonly list: string;
}

export function openOneTimeCodeTable(datasource: Datasource, sql: OneTimeCodeQueries): OneTimeCodeStore {
  async function find(user: string, signal: AbortSignal): Promise<StoredOneTimeCode | undefined> {
    const rows = await datasource.query(sql.query, [user], signal);
    const [row] = rows;
    if (row === undefined) return undefined;
    const [name, sealed] = [textOf(row[0] ?? null), textOf(row[1] ?? null)];
    if (rows.length > 1 || name === undefined || sealed === undefined) {
      // A guess would let somebody in without a code, or with the code of somebody else.
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the query for a one-time code gave what is not one record', {
        facts: { datasource: datasource.name, rows: rows.length },
      });
    }
    return { user: name, sealed };
  }

  /** The key of the table refuses a second row, as a fault: it is a no when there is a row now. */
  async function insert(user: string, to: string, signal: AbortSignal): Promise<boolean> {
    if ((await find(user, signal)) !== undefined) return false;
    try {
      return (await datasource.update(sql.insert, [user, to], signal)) === 1;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      const stored = await find(user, signal);
      if (stored === undefined) throw error;
      return stored.sealed === to;
    }
  }

  return {
    find,
    async change(user, from, to, signal) {
      if (from === undefined) return to === undefined ? true : insert(user, to, signal);
      const changed =
        to === undefined
          ? await datasource.update(sql.delete, [user, from], signal)
          : await datasource.update(sql.update, [to, user, from], signal);
      return changed === 1;
    },
    async users(signal) {
      const rows = await datasource.query(sql.list, [], signal);
      return rows.flatMap(([name = null]) => textOf(name) ?? []).sort();
    },
  };
}
