/** @module Where partners' metadata comes from, as the configuration says it. */

/** Where the metadata of one partner, or of many, comes from. */
export interface PartnerSourceConfiguration {
  readonly kind: 'metadata' | 'metadata-url' | 'aggregate' | 'mdq';
  /** A file relative to the configuration folder, or a URL. */
  readonly where: string;
  /** Set where it is a URL. */
  readonly fetching?: {
    readonly refreshMs: number;
    /** Addresses and CIDR blocks. */
    readonly allowPrivateAddresses: readonly string[];
    /** PEM file. */
    readonly certificateAuthority?: string;
  };
  /** PEM file with the certificates whose keys must have signed it. */
  readonly signingCertificate?: string;
  /** Empty lists let everything through. */
  readonly filter: { readonly entityIds: readonly string[]; readonly registrationAuthorities: readonly string[] };
  /** Of `mdq`. */
  readonly identifiers?: 'entity-id' | 'sha1';
}
