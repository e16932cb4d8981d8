/** @module SSO sessions in the memory of one process. A step is atomic because nothing else runs during it. */
import type { Clock } from '../spi/clock.ts';
import type { Participant, SsoEntry, SsoStore } from '../spi/sso-store.ts';
import { createExpiringMap } from './expiring-map.ts';

/** About 100 MB at 1 KB a session: what one process can spare. Whoever needs more has more than one node. */
export const maxSessions = 100_000;

export interface MemorySsoStoreOptions {
  readonly clock: Clock;
  /** Default: maxSessions. When full, `begin` is refused with ERR_STORE_UNAVAILABLE; no live session is evicted. */
  readonly maxEntries?: number;
}

export function createMemorySsoStore({ clock, maxEntries = maxSessions }: MemorySsoStoreOptions): SsoStore {
  const sessions = createExpiringMap<SsoEntry>({ clock, maxEntries });

  /** Stores the entry for as long as it may stay unused, and never beyond its end. */
  function use(key: string, entry: SsoEntry): void {
    sessions.set(key, entry, Math.min(clock.now() + entry.idleMs, entry.expiresAt));
  }

  return {
    async begin(key, entry) {
      if (sessions.get(key) !== undefined) throw new Error('A session with this key lives already');
      use(key, entry);
    },
    async find(key) {
      const entry = sessions.get(key);
      if (entry !== undefined) use(key, entry);
      return entry;
    },
    async join(key, participant) {
      const entry = sessions.get(key);
      if (entry === undefined) return undefined;
      const others = entry.participants.filter((known) => !isSame(known, participant));
      const joined: SsoEntry = { ...entry, participants: [...others, participant] };
      use(key, joined);
      return joined;
    },
    async end(key) {
      const entry = sessions.get(key);
      sessions.delete(key);
      return entry;
    },
    async close() {
      sessions.close();
    },
  };
}

function isSame(one: Participant, other: Participant): boolean {
  return one.kind === other.kind && one.name === other.name;
}
