/** @module Each request is answered once: its ID is remembered when it is answered, not when it arrives. */
import { hash } from 'node:crypto';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { GatehouseError } from '../spi/errors.ts';

/** A request by its issuer and ID; without an ID nobody asked, and there is nothing to repeat. */
export interface NamedRequest {
  readonly partner: string;
  readonly id?: string | undefined;
}

/**
 * Arriving costs the store nothing: anybody can make requests with new IDs, and must not be able to fill it. Answering takes
 * somebody who is signed in.
 */
export interface RequestUse {
  /** @throws ERR_SAML_REPLAYED when it has been answered. */
  checkUnused(request: NamedRequest): Promise<void>;
  /** Of two answers at once exactly one goes out. @throws ERR_SAML_REPLAYED */
  use(request: NamedRequest): Promise<void>;
}

/** `keepMs`: how long after its answer a copy of the request could still arrive or wait for a login. */
export function createRequestUse(options: { readonly ephemeral: EphemeralStore; readonly keepMs: number }): RequestUse {
  const { ephemeral, keepMs } = options;
  const keyOf = (partner: string, id: string) =>
    `saml-request:${hash('sha256', JSON.stringify([partner, id]), 'base64url')}`;
  const replayed = (partner: string) =>
    new GatehouseError('ERR_SAML_REPLAYED', 'a request with this ID was already answered', { facts: { partner } });
  return {
    async checkUnused({ partner, id }) {
      if (id !== undefined && (await ephemeral.get(keyOf(partner, id))) !== undefined) throw replayed(partner);
    },
    async use({ partner, id }) {
      if (id !== undefined && !(await ephemeral.once(keyOf(partner, id), keepMs))) throw replayed(partner);
    },
  };
}
