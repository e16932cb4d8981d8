/** @module One search on one connection: pages, limits, and entries as modules see them. */
import type { Entry } from 'ldapts';
import type { DirectoryEntry, DirectorySearch } from '../../spi/directory.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { parseFilter } from '../../wire/ldap/filter.ts';
import { type Connection, isResult, type ResultError } from './connection.ts';
import { filterRequest } from './filter-request.ts';
import { ServerDown } from './limits.ts';
import { maxRangedValues, type RangedEntry, readRanges, wholeValues } from './ranges.ts';

/** Below the 1,000 that Active Directory and OpenLDAP give at once. */
const pageSize = 500;
/** No login needs more; a search that finds more has a filter that is too wide. */
export const maxEntries = 20_000;

/** RFC 4511 §4.1.9. */
const sizeLimitExceeded = 4;
const referral = 10;
const noSuchObject = 32;
const invalidDnSyntax = 34;
const busy = 51;
const unavailableCode = 52;

export interface SearchLimits {
  /** The server is told, in whole seconds. */
  readonly timeLimitMs: number;
  /** For each page. */
  answerMs(): number;
  readonly signal: AbortSignal;
}

export interface Found {
  readonly entries: readonly DirectoryEntry[];
  /** URLs of referrals: parts of the tree that other servers have. */
  readonly references: readonly string[];
}

/** @throws ServerDown, ERR_STORE_UNAVAILABLE for a refusal that is none of the answers "there is no such entry" */
export async function search(connection: Connection, wanted: DirectorySearch, limits: SearchLimits): Promise<Found> {
  const { binary = [], atMost } = wanted;
  const options = {
    scope: wanted.scope,
    filter: filterRequest(connection.library, parseFilter(wanted.filter)),
    // RFC 4511 §4.5.1.8: an empty list is every attribute, 1.1 is none.
    attributes: wanted.attributes.length + binary.length === 0 ? ['1.1'] : [...wanted.attributes, ...binary],
    timeLimit: Math.max(1, Math.ceil(limits.timeLimitMs / 1000)),
  };
  const found: { entries: RangedEntry[]; references: string[] } = { entries: [], references: [] };
  const take = (page: { readonly searchEntries: readonly Entry[]; readonly searchReferences: readonly string[] }) => {
    found.entries.push(...page.searchEntries.map(readRanges));
    found.references.push(...page.searchReferences);
    if (found.entries.length > maxEntries) throw tooMany(wanted);
  };

  /** One entry after the other: there are few in which an attribute has more values than a server gives at once. */
  async function whole(entry: RangedEntry): Promise<DirectoryEntry> {
    if (entry.unfinished.length === 0) return directoryEntry(entry.dn, entry.values);
    const values = await wholeValues(entry, async (attribute) => {
      const again = {
        scope: 'base' as const,
        filter: '(objectClass=*)',
        attributes: [attribute],
        timeLimit: options.timeLimit,
      };
      const page = await connection.ask((client) => client.search(entry.dn, again), limits.answerMs(), limits.signal);
      return page.searchEntries[0];
    });
    if (values === undefined) throw tooManyValues(entry.dn);
    return directoryEntry(entry.dn, values);
  }

  async function finished(entries: readonly RangedEntry[]): Promise<Found> {
    const read: DirectoryEntry[] = [];
    for (const entry of entries) read.push(await whole(entry));
    return { entries: read, references: found.references };
  }

  try {
    if (atMost !== undefined || wanted.scope === 'base') {
      const once = atMost === undefined ? options : { ...options, sizeLimit: atMost };
      take(await connection.ask((client) => client.search(wanted.base, once), limits.answerMs(), limits.signal));
      // Samba takes the limit for a wish.
      return await finished(atMost === undefined ? found.entries : found.entries.slice(0, atMost));
    }
    const pages = await connection.ask(
      async (client) => client.searchPaginated(wanted.base, { ...options, paged: { pageSize } }),
      limits.answerMs(),
      limits.signal,
    );
    // The library takes a page without entries for the last one, cookie or not (RFC 2696 §3 allows one in the middle).
    for (;;) {
      const page = await connection.ask(() => pages.next(), limits.answerMs(), limits.signal);
      if (page.done === true) return await finished(found.entries);
      take(page.value);
    }
  } catch (error) {
    if (isResult(error)) return refused(error, wanted, connection.url);
    throw error;
  }
}

function refused(error: ResultError, wanted: DirectorySearch, url: string): Found {
  const { code } = error;
  if (wanted.scope === 'base' && (code === noSuchObject || code === invalidDnSyntax)) {
    return { entries: [], references: [] };
  }
  if (code === busy || code === unavailableCode) throw new ServerDown(url, error.message, { cause: error });
  if (code === sizeLimitExceeded) throw tooMany(wanted);
  throw new GatehouseError(
    'ERR_STORE_UNAVAILABLE',
    code === referral ? 'the search base belongs to another directory' : 'the directory refuses the search',
    { cause: error, facts: { url, base: wanted.base, code, problem: error.name } },
  );
}

function tooMany(wanted: DirectorySearch): GatehouseError {
  return new GatehouseError('ERR_STORE_UNAVAILABLE', 'the search finds too many entries', {
    facts: { base: wanted.base, most: maxEntries },
  });
}

function tooManyValues(dn: string): GatehouseError {
  return new GatehouseError('ERR_STORE_UNAVAILABLE', 'the directory does not give all values of an entry', {
    facts: { dn, most: maxRangedValues },
  });
}

function directoryEntry(dn: string, values: RangedEntry['values']): DirectoryEntry {
  const of = (attribute: string) => values.get(attribute.toLowerCase()) ?? [];
  return {
    dn,
    // The library gives all values of an attribute as bytes when one is no text; that one is left out.
    text: (attribute) => of(attribute).flatMap((value) => (typeof value === 'string' ? [value] : readText(value))),
    bytes: (attribute) => of(attribute).map((value) => (typeof value === 'string' ? Buffer.from(value) : value)),
  };
}

function readText(value: Buffer): readonly string[] {
  const read = value.toString('utf8');
  return Buffer.from(read).equals(value) ? [read] : [];
}
