/** @module The contract of short-lived state: nonces, replay ids, pending logins, counters. Each method is one atomic step. */

/** Keys are `purpose:id`, values are text. A TTL is in milliseconds and at least 1. All throw ERR_STORE_UNAVAILABLE. */
export interface EphemeralStore {
  /** Stores, replacing what was there. */
  put(key: string, value: string, ttlMs: number): Promise<void>;
  get(key: string): Promise<string | undefined>;
  /** Reads and removes: of all callers at once exactly one gets the value. */
  take(key: string): Promise<string | undefined>;
  /** True for the first caller within the TTL, false for every other. */
  once(key: string, ttlMs: number): Promise<boolean>;
  /** Adds one and returns the new count. The TTL runs from the first count. */
  count(key: string, ttlMs: number): Promise<number>;
  close(): Promise<void>;
}
