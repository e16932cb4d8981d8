/** @module SSO sessions in the memory of one process. A step is atomic because nothing else runs during it. */
import type { Clock } from '../spi/clock.ts';
import type { FoundSession, Participant, SsoEntry, SsoStore } from '../spi/sso-store.ts';
import { createExpiringMap } from './expiring-map.ts';
import { createParticipantIndex, fits } from './participant-index.ts';

/** About 100 MB at 1 KB a session: what one process can spare. Whoever needs more has more than one node. */
export const maxSessions = 100_000;

export interface MemorySsoStoreOptions {
  readonly clock: Clock;
  /** Default: maxSessions. When full, `begin` is refused with ERR_STORE_UNAVAILABLE; no live session is evicted. */
  readonly maxEntries?: number;
}

export function createMemorySsoStore({ clock, maxEntries = maxSessions }: MemorySsoStoreOptions): SsoStore {
  const index = createParticipantIndex();
  /** Those that nobody has taken yet; of too many the oldest are forgotten, as all are in a crash. */
  const expired: FoundSession[] = [];
  const sessions = createExpiringMap<SsoEntry>({
    clock,
    maxEntries,
    expired(key, entry) {
      index.remove(key, entry.participants);
      expired.push({ key, entry });
      if (expired.length > maxEntries) expired.shift();
    },
  });

  /** Stores the entry for as long as it may stay unused, and never beyond its end. */
  function use(key: string, entry: SsoEntry): void {
    sessions.set(key, entry, Math.min(clock.now() + entry.idleMs, entry.expiresAt));
  }

  return {
    async begin(key, entry) {
      if (sessions.get(key) !== undefined) throw new Error('A session with this key lives already');
      use(key, entry);
      index.add(key, entry.participants);
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
      index.remove(key, entry.participants);
      index.add(key, joined.participants);
      return joined;
    },
    async leave(key, who) {
      const entry = sessions.get(key);
      const left = entry?.participants.find((known) => isSame(known, who));
      const until = sessions.expiryOf(key);
      if (entry === undefined || left === undefined || until === undefined) return undefined;
      const rest: SsoEntry = { ...entry, participants: entry.participants.filter((known) => known !== left) };
      sessions.set(key, rest, until);
      index.remove(key, [left]);
      return { entry: rest, left };
    },
    async findByParticipant(claim) {
      sessions.sweep();
      return index.keysFor(claim).flatMap((key) => {
        const entry = sessions.get(key);
        return entry !== undefined && fits(entry, claim) ? [{ key, entry }] : [];
      });
    },
    async takeExpired(limit) {
      sessions.sweep();
      return expired.splice(0, limit);
    },
    async end(key) {
      const entry = sessions.get(key);
      if (entry === undefined) return undefined;
      sessions.delete(key);
      index.remove(key, entry.participants);
      return entry;
    },
    async close() {
      sessions.close();
      index.clear();
      expired.length = 0;
    },
  };
}

function isSame(one: Pick<Participant, 'kind' | 'name'>, other: Pick<Participant, 'kind' | 'name'>): boolean {
  return one.kind === other.kind && one.name === other.name;
}
