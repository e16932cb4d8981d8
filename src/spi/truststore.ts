/** @module The contract of a truststore: which certificates are believed, and why one is not. */

/** Reasons of a refusal; a closed list, because they stand in traces. */
export type CertificateRefusal =
  | 'no-path'
  | 'expired'
  | 'not-yet-valid'
  | 'bad-signature'
  | 'path-length'
  | 'key-usage'
  | 'extended-key-usage'
  | 'name-constraints'
  | 'revoked'
  | 'revocation-unknown'
  /** A key or a signature that is not strong enough to be believed, or of a kind that is not known. */
  | 'weak-algorithm'
  /** A critical extension that cannot be processed (RFC 5280 §4.2). */
  | 'critical-extension'
  /** Not a certificate (RFC 5280 §4.1), or more of it than the limits allow. */
  | 'malformed';

export type CertificateVerdict =
  | { readonly status: 'trusted' }
  | { readonly status: 'refused'; readonly reason: CertificateRefusal; readonly note?: string };

export interface Truststore {
  readonly name: string;
  /**
   * Validates a client certificate's chain (DER, leaf first) by RFC 5280 §6 at the house's clock, with revocation as configured.
   * @throws ERR_STORE_UNAVAILABLE only where revocation is required (hard fail) and cannot be asked.
   */
  validate(chain: readonly Uint8Array[], signal: AbortSignal): Promise<CertificateVerdict>;
  /** True when certificates are stored under aliases: then only those, and each only under its own, are let in. */
  readonly hasEntries: boolean;
  /** The certificate stored under an alias, DER: what JBoss's Certificate module compares with. */
  find(alias: string): Uint8Array | undefined;
}
