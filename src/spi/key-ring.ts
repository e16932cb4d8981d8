/** @module The key ring: our own SAML keys and what was decided about each, as plain data. Private keys are not in it. */

/** On which side of SAML a key is ours: as identity provider, or as service provider. */
export const keySides = ['idp', 'sp'] as const;
export type KeySide = (typeof keySides)[number];

export const keyUses = ['signing', 'encryption'] as const;
export type KeyUse = (typeof keyUses)[number];

export type KeyFamily = 'rsa' | 'ec';

/** Where the private key is. `erased`: nowhere any more. */
export type KeyPlace =
  /** As written in the configuration: `data/…` is below the home. */
  | { readonly in: 'file'; readonly path: string }
  | { readonly in: 'vault'; readonly block: string; readonly attribute: string }
  | { readonly in: 'erased' };

/** The block of the vault that private keys of a ring are in. */
export const keyRingBlock = 'saml-keys';

export interface RingKey {
  /** The first 16 hexadecimal digits of the SHA-256 of its certificate. */
  readonly id: string;
  readonly side: KeySide;
  readonly use: KeyUse;
  readonly family: KeyFamily;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Of the certificate. */
  readonly notAfterAt: number;
  readonly place: KeyPlace;
  readonly addedAt: number;
  /** From then on it is in the metadata. */
  readonly publishedAt?: number;
  /** From then on it is not. */
  readonly retiredAt?: number;
}

/** An order that a key be used from an instant on. */
export interface Activation {
  readonly key: string;
  /** entityID. Absent: by everybody who was not given a key by name. */
  readonly partner?: string;
  /** By the clock of each node: nodes with the same ring switch at the same moment. */
  readonly at: number;
  readonly orderedAt: number;
  /** On one for everybody: also by those who were given a key by name. */
  readonly everyone?: true;
  /** Against the rules, by name. */
  readonly forced?: true;
}

export interface KeyRing {
  /** Counts the changes. */
  readonly revision: number;
  readonly keys: readonly RingKey[];
  /** In the order in which they were given. */
  readonly activations: readonly Activation[];
}

/** What keys are chosen among: of these, one is active at a time. */
export interface KeyTrack {
  readonly side: KeySide;
  readonly use: KeyUse;
  readonly family: KeyFamily;
}
