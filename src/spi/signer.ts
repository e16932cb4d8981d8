/** @module The contract of a private key that signs: in memory today, in a token or a key service behind the same shape. */

/**
 * XML signature algorithms by short name (RFC 9231 §2.3, xmldsig-core1 §6.4). SHA-1 is not among them on purpose. `rsa-pss`: with MGF1 and a
 * salt of the hash's own length (RFC 9231 §2.3.10).
 */
export const signatureAlgorithms = [
  'rsa-sha256',
  'rsa-sha384',
  'rsa-sha512',
  'rsa-pss-sha256',
  'rsa-pss-sha384',
  'rsa-pss-sha512',
  'ecdsa-sha256',
  'ecdsa-sha384',
  'ecdsa-sha512',
] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  /** The certificate that goes with the key, DER. */
  readonly certificate: Uint8Array;
  /** What takes longer than a tenth of a millisecond is done off the event loop. ECDSA values are in XML form, r and s side by side (xmldsig-core1 §6.4.3). */
  sign(data: Uint8Array): Promise<Uint8Array>;
}
