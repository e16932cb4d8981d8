/** @module What a login may ask of its client before it is decided. */

export type LoginChallenge =
  /** Bytes of an exchange between programs, such as a GSS-API token (RFC 4178). */
  | { readonly kind: 'token'; readonly token: Uint8Array }
  /** The code of an authenticator (RFC 6238), beside the name and password that were shown: `PasswordEvidence.oneTimeCode`. */
  | { readonly kind: 'one-time-code' };

export type ChallengeKind = LoginChallenge['kind'];
