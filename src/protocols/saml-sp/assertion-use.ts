/** @module Each assertion is used once (saml-profiles §4.1.4.5): its ID is claimed in the store that all nodes share. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../spi/clock.ts';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import type { AcceptedResponse } from './accepted-response.ts';
import { refusal } from './refusals.ts';

/** Of two uses at once, wherever in the cluster, exactly one goes on. @throws ERR_SAML_REPLAYED, ERR_STORE_UNAVAILABLE */
export type AssertionUse = (
  accepted: Pick<AcceptedResponse, 'issuer' | 'assertionId' | 'acceptableUntil'>,
) => Promise<void>;

export function createAssertionUse(options: {
  readonly ephemeral: EphemeralStore;
  readonly clock: Clock;
}): AssertionUse {
  const { ephemeral, clock } = options;
  return async ({ issuer, assertionId, acceptableUntil }) => {
    const name = createHash('sha256')
      .update(JSON.stringify([issuer, assertionId]))
      .digest('base64url');
    if (!(await ephemeral.once(`saml-sp-assertion:${name}`, Math.max(1, acceptableUntil - clock.now())))) {
      throw refusal('replay', 'This assertion was used before', { issuer });
    }
  };
}
