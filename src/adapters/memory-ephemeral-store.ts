/** @module Short-lived state in the memory of one process. A step is atomic because nothing else runs during it. */
import type { Clock } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { createExpiringMap } from './expiring-map.ts';

/** Hours of logins for thousands of people. */
export const MAX_EPHEMERAL_ENTRIES = 200_000;

/** What one process can spare for them, in characters of keys and values: anybody can have a request parked. */
export const MAX_EPHEMERAL_CHARACTERS = 64 * 1024 * 1024;

export interface MemoryEphemeralStoreOptions {
  readonly clock: Clock;
  /** Default: MAX_EPHEMERAL_ENTRIES. When full, writes are refused with ERR_STORE_UNAVAILABLE; nothing live is evicted. */
  readonly maxEntries?: number;
  /** Default: MAX_EPHEMERAL_CHARACTERS. */
  readonly maxCharacters?: number;
}

export function createMemoryEphemeralStore(options: MemoryEphemeralStoreOptions): EphemeralStore {
  const { clock, maxEntries = MAX_EPHEMERAL_ENTRIES, maxCharacters = MAX_EPHEMERAL_CHARACTERS } = options;
  const entries = createExpiringMap<string>({
    clock,
    maxEntries,
    maxWeight: maxCharacters,
    weigh: (key, value) => key.length + value.length,
  });

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
