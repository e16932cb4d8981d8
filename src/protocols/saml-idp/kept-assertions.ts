/** @module Assertions that a partner may ask for again by their ID, for as long as they are valid (saml-core §3.3.2.1). */
import { createHash } from 'node:crypto';
import type { Clock } from '../../spi/clock.ts';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import type { Partner } from './partner.ts';

export interface KeptAssertions {
  /**
   * Nothing, unless the partner is one whose assertions are kept.
   * @param xml as it was sent, encrypted or not, in canonical form
   * @param until milliseconds since the epoch
   * @throws ERR_STORE_UNAVAILABLE
   */
  keep(partner: Partner, id: string, xml: string, until: number): Promise<void>;
  /** Those that were issued to this very partner and are valid still. @throws ERR_STORE_UNAVAILABLE */
  find(partner: Partner, ids: readonly string[]): Promise<readonly string[]>;
}

/** An assertion with hundreds of groups is shorter; a longer one is not worth the place. */
const maxKeptCharacters = 64 * 1024;

export function createKeptAssertions(options: {
  readonly ephemeral: EphemeralStore;
  readonly clock: Clock;
}): KeptAssertions {
  const { ephemeral, clock } = options;

  /** The partner is a part of it: another one's question looks elsewhere. */
  const keyOf = ({ entityId }: Partner, id: string) =>
    `saml-assertion:${createHash('sha256')
      .update(JSON.stringify([entityId, id]))
      .digest('base64url')}`;

  return {
    async keep(partner, id, xml, until) {
      const left = until - clock.now();
      if (partner.settings.assertionsById !== true || xml.length > maxKeptCharacters || left < 1) return;
      await ephemeral.put(keyOf(partner, id), xml, left);
    },
    async find(partner, ids) {
      const found = await Promise.all(ids.map((id) => ephemeral.get(keyOf(partner, id))));
      return found.filter((xml) => xml !== undefined);
    },
  };
}
