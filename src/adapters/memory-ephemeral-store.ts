/** @module Short-lived state in the memory of one process. A step is atomic because nothing else runs during it. */
import type { Clock } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { createExpiringMap } from './expiring-map.ts';

/** About 100 MB of parked requests of an ordinary size: what one process can spare, and hours of logins for thousands. */
export const MAX_EPHEMERAL_ENTRIES = 200_000;

export interface MemoryEphemeralStoreOptions {
  readonly clock: Clock;
  /** Default: MAX_EPHEMERAL_ENTRIES. When full, writes are refused with ERR_STORE_UNAVAILABLE; nothing live is evicted. */
  readonly maxEntries?: number;
}

export function createMemoryEphemeralStore(options: MemoryEphemeralStoreOptions): EphemeralStore {
  const { clock, maxEntries = MAX_EPHEMERAL_ENTRIES } = options;
  const entries = createExpiringMap<string>({ clock, maxEntries });

  return {
    async put(key, value, ttlMs) {
      entries.set(key, value, expiry(clock, ttlMs));
    },
    async get(key) {
      return entries.get(key);
    },
    async take(key) {
      const value = entries.get(key);
      entries.delete(key);
      return value;
    },
    async once(key, ttlMs) {
      if (entries.get(key) !== undefined) return false;
      entries.set(key, '', expiry(clock, ttlMs));
      return true;
    },
    async count(key, ttlMs) {
      const count = Number(entries.get(key) ?? '0') + 1;
      entries.set(key, String(count), entries.expiryOf(key) ?? expiry(clock, ttlMs));
      return count;
    },
    async close() {
      entries.close();
    },
  };
}

/** A TTL below 1 would store what is never there: a bug of the caller, as the contract says. */
function expiry(clock: Clock, ttlMs: number): number {
  if (!(ttlMs >= 1)) throw new RangeError('A TTL is at least 1 ms');
  return clock.now() + ttlMs;
}
