/** @module A bounded map in memory whose entries expire by the clock: what the memory stores are made of. */
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';

export interface ExpiringMapOptions<V> {
  readonly clock: Clock;
  /** A full map refuses: evicting a live entry would forget a replay id or a session. */
  readonly maxEntries: number;
  /** The weight of all entries together, as `weigh` counts. Without it only their number is bounded. */
  readonly maxWeight?: number;
  readonly weigh?: (key: string, value: V) => number;
  /** Told of every entry that a sweep drops, and of no other. */
  readonly expired?: (key: string, value: V) => void;
}

export interface ExpiringMap<V> {
  get(key: string): V | undefined;
  /** @throws ERR_STORE_UNAVAILABLE when the key is new and the map is full, or after `close`. */
  set(key: string, value: V, expiresAt: number): void;
  /** When the entry expires; `undefined` when there is none. */
  expiryOf(key: string): number | undefined;
  delete(key: string): void;
  /** Drops what has expired by now. */
  sweep(): void;
  close(): void;
}

/**
 * Entries are gone for a reader at the millisecond of their expiry. Their place is freed by a sweep, at the first write
 * in a second of the clock: keys lie in buckets by the second in which they expire, so a sweep looks at buckets, not at entries,
 * and no timer keeps the process alive.
 */
export function createExpiringMap<V>(options: ExpiringMapOptions<V>): ExpiringMap<V> {
  const { clock, maxEntries, maxWeight = Number.POSITIVE_INFINITY, weigh = () => 0 } = options;
  const entries = new Map<string, { readonly value: V; readonly expiresAt: number }>();
  const buckets = new Map<number, Set<string>>();
  let weight = 0;
  let sweptIn = 0;
  let closed = false;

  function refuseWhenClosed(): void {
    if (closed) throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'The memory store is closed');
  }

  function unlink(key: string, expiresAt: number): void {
    const second = secondOf(expiresAt);
    const bucket = buckets.get(second);
    bucket?.delete(key);
    if (bucket?.size === 0) buckets.delete(second);
  }

  function live(key: string) {
    refuseWhenClosed();
    const entry = entries.get(key);
    return entry !== undefined && clock.now() < entry.expiresAt ? entry : undefined;
  }

  function drop(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    weight -= weigh(key, entry.value);
    entries.delete(key);
  }

  function sweep(): void {
    const current = secondOf(clock.now());
    if (current === sweptIn) return;
    sweptIn = current;
    for (const [second, keys] of buckets) {
      if (second >= current) continue;
      for (const key of keys) {
        const entry = entries.get(key);
        drop(key);
        if (entry !== undefined) options.expired?.(key, entry.value);
      }
      buckets.delete(second);
    }
  }

  function remove(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    unlink(key, entry.expiresAt);
    drop(key);
  }

  return {
    get: (key) => live(key)?.value,
    expiryOf: (key) => live(key)?.expiresAt,
    set(key, value, expiresAt) {
      refuseWhenClosed();
      sweep();
      remove(key);
      const added = weigh(key, value);
      if (entries.size >= maxEntries || weight + added > maxWeight) {
        throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'The memory store is full', { facts: { maxEntries } });
      }
      weight += added;
      entries.set(key, { value, expiresAt });
      const bucket = buckets.get(secondOf(expiresAt));
      if (bucket === undefined) buckets.set(secondOf(expiresAt), new Set([key]));
      else bucket.add(key);
    },
    delete: remove,
    sweep() {
      refuseWhenClosed();
      sweep();
    },
    close() {
      closed = true;
      entries.clear();
      weight = 0;
      buckets.clear();
    },
  };
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1000);
}
