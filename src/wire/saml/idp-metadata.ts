/** @module What the metadata of an identity provider says, as plain data. */
import type { KeyObject } from 'node:crypto';
import type { AssertionConsumerService, RespondingEndpoint } from './sp-metadata.ts';

/** What an identity provider says about itself (saml-metadata §2.4.3). */
export interface IdpMetadata {
  readonly entityId: string;
  /** The earliest `validUntil` of the role, the entity and what surrounds it, in milliseconds since the epoch. Not checked here. */
  readonly validUntil?: number;
  /** Keys of every KeyDescriptor for signing or without a use. */
  readonly signingKeys: readonly KeyObject[];
  /** Keys of every KeyDescriptor for encryption or without a use. */
  readonly encryptionKeys: readonly KeyObject[];
  readonly wantAuthnRequestsSigned: boolean;
  /** In document order; those of bindings that are not of SAML 2.0 are left out. */
  readonly singleSignOnServices: readonly RespondingEndpoint[];
  readonly singleLogoutServices: readonly RespondingEndpoint[];
  readonly artifactResolutionServices: readonly AssertionConsumerService[];
  /** In order of preference. */
  readonly nameIdFormats: readonly string[];
  readonly displayName?: string;
}
