/** @module Pending logins: a request parked while its sender logs in, and claimed by exactly one continuation. */
import type { Clock, Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { GatehouseError } from '../spi/errors.ts';
import { PENDING_LOGIN_VERSION, type PendingLogin, pendingLoginRecord } from '../spi/pending-login.ts';
import { keyOf, newOpaqueId } from './opaque-id.ts';

export type { PendingLogin } from '../spi/pending-login.ts';

/** The largest parked record in characters: what is kept of a SAML request, with the longest URLs and RelayState that are read, fits. */
export const MAX_PARKED_CHARACTERS = 16_384;

export interface PendingLoginsOptions {
  readonly store: EphemeralStore;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a person may take to log in. */
  readonly ttlMs: number;
}

/**
 * Ids are 43 characters of base64url. A record that cannot be read, being of another version or damaged, is treated as
 * absent: the person begins again, which is all that anybody could do about it.
 */
export interface PendingLogins {
  /**
   * @throws ERR_REQUEST_TOO_LARGE when the record is larger than MAX_PARKED_CHARACTERS
   * @throws ERR_STORE_UNAVAILABLE
   */
  park(pending: PendingLogin): Promise<string>;
  /** Leaves it parked. @throws ERR_STORE_UNAVAILABLE */
  read(id: string): Promise<PendingLogin | undefined>;
  /** Removes it: of all callers exactly one gets it. @throws ERR_STORE_UNAVAILABLE */
  claim(id: string): Promise<PendingLogin | undefined>;
}

export function createPendingLogins({ store, clock, random, ttlMs }: PendingLoginsOptions): PendingLogins {
  function parse(text: string | undefined): PendingLogin | undefined {
    const record = text === undefined ? undefined : pendingLoginRecord.safeParse(parseJson(text)).data;
    // The store forgets on its own; a record that it kept too long is over all the same.
    if (record === undefined || clock.now() - record.parkedAt >= ttlMs) return undefined;
    const { version: _, ...pending } = record;
    return pending;
  }

  return {
    async park(pending) {
      const record = pendingLoginRecord.parse({ version: PENDING_LOGIN_VERSION, ...pending });
      const text = JSON.stringify(record);
      if (text.length > MAX_PARKED_CHARACTERS) {
        throw new GatehouseError('ERR_REQUEST_TOO_LARGE', 'The request is too large to be parked', {
          facts: { characters: text.length, limit: MAX_PARKED_CHARACTERS },
        });
      }
      const { id, key } = newOpaqueId(random);
      await store.put(storeKey(key), text, ttlMs);
      return id;
    },
    async read(id) {
      const key = keyOf(id);
      return key === undefined ? undefined : parse(await store.get(storeKey(key)));
    },
    async claim(id) {
      const key = keyOf(id);
      return key === undefined ? undefined : parse(await store.take(storeKey(key)));
    },
  };
}

function storeKey(key: string): string {
  return `pending-login:${key}`;
}

/** `undefined` for text that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
