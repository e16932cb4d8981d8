/** @module An LDAP directory: its own servers, and those to which its referrals may lead. */
import type { Clock } from '../../spi/clock.ts';
import type { Directory, DirectoryEntry, DirectoryOptions, DirectorySearch } from '../../spi/directory.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { dnKey } from '../../wire/ldap/dn.ts';
import { isHollow } from './bind.ts';
import { maxHops, maxReferredSearches, type Referral, referralOf } from './referrals.ts';
import type { Found } from './search.ts';
import { createServerGroup, type ServerGroup } from './server-group.ts';

/** Opens nothing before it is asked. */
export function createDirectory(options: DirectoryOptions, clock: Clock): Directory {
  const own = createServerGroup(options, options.urls, clock);
  const others = new Map<string, ServerGroup>();
  const allowed = [...options.urls, ...(options.referralUrls ?? [])];

  /** A configured server only: `home` may come from a caller. */
  function groupAt(url: string): ServerGroup {
    if (!allowed.includes(url)) throw new TypeError('an entry has a home that is not configured');
    const group = others.get(url) ?? createServerGroup(options, [url], clock);
    others.set(url, group);
    return group;
  }

  async function follow(first: Found, search: DirectorySearch, signal: AbortSignal): Promise<DirectoryEntry[]> {
    const entries = [...first.entries];
    const known = new Set(entries.map(({ dn }) => dnKey(dn)));
    const asked = new Set<string>();
    let next: readonly Referral[] = referralsIn(first, search);
    for (let hop = 0; next.length > 0; hop += 1) {
      const following: Referral[] = [];
      for (const referral of next) {
        const key = JSON.stringify([referral.url, referral.search.base.toLowerCase(), referral.search.scope]);
        if (asked.has(key)) continue;
        asked.add(key);
        if (hop >= maxHops || asked.size > maxReferredSearches) throw unfollowed('the referrals go on and on', search);
        const { as: _, ...asService } = referral.search;
        const found = await groupAt(referral.url).search(asService, signal);
        // A referral names each replica: an entry of two of them is one entry.
        for (const entry of found.entries) {
          const key = dnKey(entry.dn);
          if (!known.has(key)) entries.push({ ...entry, home: referral.url });
          known.add(key);
        }
        following.push(...referralsIn(found, referral.search));
      }
      next = following;
    }
    return entries;
  }

  /** One to a server that is not configured is passed over: what it holds does not count here. */
  function referralsIn(found: Found, search: DirectorySearch): readonly Referral[] {
    return found.references.flatMap((reference) => referralOf(reference, search, allowed) ?? []);
  }

  return {
    async search(search, signal) {
      const found = await own.search(search, signal);
      if (found.references.length === 0 || options.referrals === 'ignore') return found.entries;
      if (options.referrals === 'throw') throw unfollowed('a part of the answer is in another directory', search);
      const entries = await follow(found, search, signal);
      return search.atMost === undefined ? entries : entries.slice(0, search.atMost);
    },
    async bind(dn, password, signal, home) {
      if (isHollow(dn, password)) return 'bad-credential';
      return await (home === undefined ? own : groupAt(home)).bind(dn, password, signal);
    },
    async close() {
      const groups = [...others.values()];
      others.clear();
      await Promise.all([own.close(), ...groups.map((group) => group.close())]);
    },
  };
}

function unfollowed(message: string, search: DirectorySearch): GatehouseError {
  return new GatehouseError('ERR_STORE_UNAVAILABLE', message, { facts: { base: search.base } });
}
