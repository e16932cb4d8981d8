/** @module What the metadata of a service provider says, as plain data. */
import type { KeyObject } from 'node:crypto';
import type { BindingName } from './constants.ts';

export interface Endpoint {
  readonly binding: BindingName;
  /** As written; a `http:` or `https:` URL. */
  readonly location: string;
}

export interface AssertionConsumerService extends Endpoint {
  readonly index: number;
  /** Three-valued: which one is the default depends on it (saml-metadata §2.2.3). */
  readonly isDefault?: boolean;
}

export interface RespondingEndpoint extends Endpoint {
  /** Where responses go, when not to `location` (saml-metadata §2.2.2). */
  readonly responseLocation?: string;
}

export interface RequestedAttribute {
  readonly name: string;
  readonly nameFormat?: string;
  readonly friendlyName?: string;
  readonly isRequired: boolean;
  /** Empty: any value. Else no other is wanted. */
  readonly values: readonly string[];
}

export interface AttributeConsumingService {
  readonly index: number;
  readonly isDefault?: boolean;
  readonly attributes: readonly RequestedAttribute[];
}

export type SubjectIdRequirement = 'subject-id' | 'pairwise-id' | 'any' | 'none';

/** What a service provider says about itself. No field of it says that the Response must be signed: SAML has none. */
export interface SpMetadata {
  readonly entityId: string;
  /** The earliest `validUntil` of the role, the entity and what surrounds it, in milliseconds since the epoch. Not checked here. */
  readonly validUntil?: number;
  /** Keys of every KeyDescriptor for signing or without a use. */
  readonly signingKeys: readonly KeyObject[];
  /** Keys of every KeyDescriptor for encryption or without a use. */
  readonly encryptionKeys: readonly KeyObject[];
  /** In document order; those of bindings that are not of SAML 2.0 are left out. */
  readonly assertionConsumerServices: readonly AssertionConsumerService[];
  readonly singleLogoutServices: readonly RespondingEndpoint[];
  /** In order of preference. */
  readonly nameIdFormats: readonly string[];
  readonly authnRequestsSigned: boolean;
  /** Absent when the metadata is silent, which the specification takes for `false`. */
  readonly wantAssertionsSigned?: boolean;
  readonly displayName?: string;
  /** What it would like to know of a person; absent where it does not say. */
  readonly attributeServices?: readonly AttributeConsumingService[];
  readonly subjectId?: SubjectIdRequirement;
}
