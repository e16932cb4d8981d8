/** @module Pending logins: a request that waits while its sender logs in, carried by the browser, claimed once. */
import { createHash } from 'node:crypto';
import type { Clock, Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { GatehouseError } from '../spi/errors.ts';
import { PENDING_LOGIN_VERSION, type PendingLogin, pendingLoginRecord } from '../spi/pending-login.ts';
import type { Secret } from '../spi/secret.ts';
import { createSealing } from './sealing.ts';

export type { PendingLogin } from '../spi/pending-login.ts';

/** The largest sealed request in characters. It travels in a URL, and browsers and servers carry 8 KiB of that. */
export const maxParkedCharacters = 6_144;

export interface PendingLoginsOptions {
  readonly store: EphemeralStore;
  readonly clock: Clock;
  readonly random: Random;
  /** The installation's key, the same on every node: what is parked on one is resumed on any. */
  readonly key: Secret<Uint8Array>;
  /** How long a person may take to log in. */
  readonly ttlMs: number;
}

/**
 * An id is the request itself, sealed with AES-256-GCM: whoever holds it can neither read nor change it. Nothing is stored until it is
 * claimed, which takes a login; so nobody can fill the store by asking. An id that cannot be opened, is too old or of
 * another release is treated as absent: the person begins again, which is all that anybody could do about it.
 */
export interface PendingLogins {
  /** @throws ERR_REQUEST_TOO_LARGE when the sealed request is longer than `maxParkedCharacters`. */
  park(pending: PendingLogin): Promise<string>;
  /** Leaves it parked, also where it has been claimed: only `claim` asks the store. */
  read(id: string): Promise<PendingLogin | undefined>;
  /** Of all callers exactly one gets it. @throws ERR_STORE_UNAVAILABLE */
  claim(id: string): Promise<PendingLogin | undefined>;
}

export function createPendingLogins(options: PendingLoginsOptions): PendingLogins {
  const { store, clock, random, ttlMs } = options;
  const sealing = createSealing({ key: options.key, random, purpose: 'pending login' });

  async function read(id: string): Promise<PendingLogin | undefined> {
    const text = id.length > maxParkedCharacters ? undefined : sealing.open(id);
    const record = text === undefined ? undefined : pendingLoginRecord.safeParse(JSON.parse(text)).data;
    if (record === undefined || clock.now() - record.parkedAt >= ttlMs) return undefined;
    const { version: _, ...pending } = record;
    return pending;
  }

  return {
    read,
    async park(pending) {
      const record = pendingLoginRecord.parse({ version: PENDING_LOGIN_VERSION, ...pending });
      const id = sealing.seal(JSON.stringify(record));
      if (id.length > maxParkedCharacters) {
        throw new GatehouseError('ERR_REQUEST_TOO_LARGE', 'The request is too large to be parked', {
          facts: { characters: id.length, limit: maxParkedCharacters },
        });
      }
      return id;
    },
    async claim(id) {
      const pending = await read(id);
      if (pending === undefined) return undefined;
      const claimed = `claimed-login:${createHash('sha256').update(id).digest('base64url')}`;
      return (await store.once(claimed, ttlMs)) ? pending : undefined;
    },
  };
}
