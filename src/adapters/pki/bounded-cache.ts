/** @module A cache that expires by the clock and forgets the oldest entry when it is full: for what can be asked again. */
import type { Clock } from '../../spi/clock.ts';

export interface BoundedCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V, expiresAt: number): void;
}

export function createBoundedCache<V>(clock: Clock, maxEntries: number): BoundedCache<V> {
  const entries = new Map<string, { readonly value: V; readonly expiresAt: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined || clock.now() < entry.expiresAt) return entry?.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value, expiresAt) {
      entries.delete(key);
      entries.set(key, { value, expiresAt });
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break;
        entries.delete(oldest);
      }
    },
  };
}
