/** @module IDs of AuthnRequests that say themselves for what they were made: nothing is kept for a sign-in that nobody finishes. */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../spi/clock.ts';
import type { Secret } from '../../spi/secret.ts';

export interface IssuedRequest {
  readonly id: string;
  /** What the browser remembers it by, and RelayState: it says nothing to anybody. */
  readonly name: string;
}

export interface KnownRequest {
  readonly name: string;
  /** Whether just this identity provider was asked. */
  isTo(entityId: string): boolean;
}

export interface RequestIds {
  /** For one application, to one identity provider. */
  issue(application: string, identityProvider: string): IssuedRequest;
  /** `undefined` for what was not issued for this application. Whether it is still waited for, the browser says. */
  read(id: string, application: string): KnownRequest | undefined;
}

const nameBytes = 16;
const tagBytes = 16;
/** An underscore in front, because an ID may not begin with a digit (saml-core §1.3.4); then name, whom, and proof. */
const form = /^_([0-9a-f]{32})([0-9a-f]{32})([0-9a-f]{32})$/;

/**
 * The same key makes the same IDs valid on every node. The name is random (saml-core §1.3.4 wants 128 bits); the proof is an HMAC over it, the
 * application and the hash of the provider. Used once it is by the login that it was issued for, which can be claimed once.
 */
export function createRequestIds(options: { readonly key: Secret<Uint8Array>; readonly random: Random }): RequestIds {
  const key = Buffer.from(hkdfSync('sha256', options.key.reveal(), '', 'gatehouse saml-sp request', 32));
  const whom = (entityId: string) =>
    createHash('sha256')
      .update(entityId)
      .digest('hex')
      .slice(0, 2 * tagBytes);
  const proof = (name: string, to: string, application: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([name, to, application]))
      .digest('hex')
      .slice(0, 2 * tagBytes);

  return {
    issue(application, identityProvider) {
      const name = Buffer.from(options.random.bytes(nameBytes)).toString('hex');
      const to = whom(identityProvider);
      return { id: `_${name}${to}${proof(name, to, application)}`, name };
    },
    read(id, application) {
      const [, name, to, shown] = form.exec(id) ?? [];
      if (name === undefined || to === undefined || shown === undefined) return undefined;
      if (!timingSafeEqual(Buffer.from(proof(name, to, application)), Buffer.from(shown))) return undefined;
      return { name, isTo: (entityId) => whom(entityId) === to };
    },
  };
}
