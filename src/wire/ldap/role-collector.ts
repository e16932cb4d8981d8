/** @module Roles as they are found in a directory: each once, names of role entries asked once, and an end to it. */
import type { Directory, DirectoryEntry } from '../../spi/directory.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { dnKey } from './dn.ts';

/** A tree of groups that needs more is one that a login cannot wait for. */
const maxSearches = 5000;
/** Half of a pool: one person with many groups does not hold up the others. */
const atOnce = 4;

export interface RoleCollector {
  /** In the order in which they were found. */
  readonly roles: ReadonlySet<string>;
  add(name: string | undefined): void;
  /** True the first time: groups may be members of one another in a circle. */
  firstVisit(dn: string): boolean;
  /** Reads the names of entries of roles. One that is not there has none. */
  addNamesOf(dns: readonly string[], attribute: string): Promise<void>;
  /** Several at once, answers in order. @throws ERR_STORE_UNAVAILABLE after too many */
  forEach<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]>;
}

export function collectRoles(directory: Directory, signal: AbortSignal): RoleCollector {
  const roles = new Set<string>();
  const visited = new Set<string>();
  const named = new Set<string>();
  let searches = 0;

  async function forEach<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
    searches += items.length;
    if (searches > maxSearches) {
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the roles of one user take too many searches', {
        facts: { most: maxSearches },
      });
    }
    const answers: R[] = [];
    for (let from = 0; from < items.length; from += atOnce) {
      answers.push(...(await Promise.all(items.slice(from, from + atOnce).map(work))));
    }
    return answers;
  }

  return {
    roles,
    add(name) {
      if (name !== undefined && name !== '') roles.add(name);
    },
    firstVisit: (dn) => addTo(visited, dnKey(dn)),
    async addNamesOf(dns, attribute) {
      const fresh = dns.filter((dn) => addTo(named, dnKey(dn)));
      const found = await forEach(fresh, (dn) => readEntry(directory, dn, [attribute], signal));
      for (const entry of found) for (const name of entry?.text(attribute) ?? []) this.add(name);
    },
    forEach,
  };
}

function addTo(set: Set<string>, key: string): boolean {
  if (set.has(key)) return false;
  set.add(key);
  return true;
}

/** One entry by its DN; `undefined` where there is none. @throws ERR_STORE_UNAVAILABLE */
export async function readEntry(
  directory: Directory,
  dn: string,
  attributes: readonly string[],
  signal: AbortSignal,
  binary: readonly string[] = [],
): Promise<DirectoryEntry | undefined> {
  const search = { base: dn, scope: 'base', filter: '(objectClass=*)', attributes, binary } as const;
  return (await directory.search(search, signal))[0];
}

/**
 * An entry that a referral brought counts only if it says itself that the user is in it: the other server has not been asked about
 * our user, and it may be somebody else's. Without the option no such entry counts.
 */
export function countsAsRole(
  entry: DirectoryEntry,
  checked: string | undefined,
  user: { readonly name: string; readonly dn: string },
): boolean {
  if (entry.home === undefined) return true;
  if (checked === undefined) return false;
  const key = dnKey(user.dn);
  return entry.text(checked).some((value) => value === user.name || dnKey(value) === key);
}
