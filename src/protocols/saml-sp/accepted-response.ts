/** @module What is expected of a Response, and what is left of it once it is trusted. */
import type { ReadAttribute, ReadNameId } from '../../wire/saml/assertion.ts';

export interface ResponseExpectations {
  /** Ours: the audience. */
  readonly entityId: string;
  /** The assertion consumer service at which the message arrived, as our metadata names it. */
  readonly acsUrl: string;
  /** The identity provider that was asked; `undefined`: any that is trusted. */
  readonly issuer?: string | undefined;
  /** The ID of the request that this browser was sent with; `undefined`: with none. */
  readonly request?: string | undefined;
  /** Whether a Response may come that nobody asked for (saml-profiles §4.1.5). */
  readonly allowUnsolicited: boolean;
  /** How far apart the clocks may be. */
  readonly clockSkewMs: number;
  /** How long ago the person may have signed in at the identity provider. */
  readonly maxAuthnAgeMs: number;
}

export const defaultClockSkewMs = 60_000;

/** No longer than the longest session that identity providers keep without asking. */
export const defaultMaxAuthnAgeMs = 24 * 3600_000;

/** What an application may know, and what the endpoint still has to do. Instants are milliseconds since the epoch. */
export interface AcceptedResponse {
  readonly issuer: string;
  readonly nameId?: ReadNameId;
  readonly attributes: readonly ReadAttribute[];
  readonly sessionIndex?: string;
  readonly sessionNotOnOrAfter?: number;
  readonly authnInstant: number;
  /** The class of how the person signed in. */
  readonly authnContext?: string;
  readonly inResponseTo?: string;
  /** To be claimed with the issuer, once in the whole cluster, before anything is done with the rest. */
  readonly assertionId: string;
  /** Until when a copy would be accepted again, so that a claim has to be kept until then. */
  readonly acceptableUntil: number;
  readonly oneTimeUse: boolean;
  readonly signed: 'assertion' | 'response' | 'both';
  readonly encrypted: boolean;
}
