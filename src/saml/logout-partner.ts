/** @module What logout needs to know of the other side, whichever side of a federation we are on. */
import type { KeyObject } from 'node:crypto';
import type { RespondingEndpoint } from '../wire/saml/sp-metadata.ts';

/** Whoever sends logout messages. */
export interface LogoutSender {
  readonly entityId: string;
  /** Every key that may have signed, old and new during a roll-over. */
  readonly signingKeys: readonly KeyObject[];
}

/** Whoever is also told, and answered. */
export interface LogoutPartner extends LogoutSender {
  readonly displayName: string;
  readonly singleLogoutServices: readonly RespondingEndpoint[];
  /** Set where its addresses came over the network: the private ones that may be gone to. */
  readonly onlyPrivate: readonly string[] | undefined;
}

export interface LogoutPartners<P extends LogoutSender> {
  /** @throws ERR_SAML_UNKNOWN_PARTNER, ERR_STORE_UNAVAILABLE */
  find(entityId: string, now: number): Promise<P>;
}

/** As which of our sides we speak: what sessions call the partners, and for an application as a service provider its name. */
export interface LogoutSide {
  readonly kind: 'saml' | 'identity-provider';
  readonly application?: string;
}
