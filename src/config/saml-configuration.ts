/** @module What the rest of the house sees of the SAML part of `gatehouse.yaml`. */

import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import type { Factor } from '../spi/factors.ts';
import type { SignatureAlgorithm } from '../spi/signer.ts';
import type { ContentCipher, EncryptedPart, KeyTransport } from '../spi/xml-encryption.ts';
import type { MechanismConfiguration } from './mechanism-configuration.ts';
import type { PartnerSourceConfiguration } from './partner-source-configuration.ts';

export type { PartnerSourceConfiguration } from './partner-source-configuration.ts';

/** A key pair and what is done with it. Paths are as written. */
export interface SigningConfiguration {
  readonly key: string;
  readonly certificate: string;
  readonly algorithm: SignatureAlgorithm;
  readonly place: ConfigurationPlace;
}

export interface PartnerConfiguration {
  readonly source: PartnerSourceConfiguration;
  /** What the person is shown; the metadata's own display name or entityID where absent. */
  readonly name?: string;
  /** Absent: yes. */
  readonly enabled?: boolean;
  /** Absent: what the partner's metadata wants. */
  readonly sign?: 'assertion' | 'response' | 'both';
  /** Absent: as everybody else. */
  readonly signing?: SigningConfiguration;
  /** Absent: no. */
  readonly redirectResponses?: boolean;
  /** Absent: what the partner's metadata says in AuthnRequestsSigned. */
  readonly requireSignedRequests?: boolean;
  /** URI (saml-core §8.3). Absent: what the request or the metadata asks for. */
  readonly nameIdFormat?: string;
  /** Absent: no. */
  readonly assertionsById?: boolean;
  readonly affiliation?: string;
  readonly roleAttribute: string;
  /** Absent: roles, and what the metadata asks for. */
  readonly attributes?: readonly AttributeRuleConfiguration[];
  /** Absent: assertions are not encrypted for it. */
  readonly encrypt?: {
    readonly cipher: ContentCipher;
    readonly transport: KeyTransport;
    readonly what: readonly EncryptedPart[];
  };
  readonly place: ConfigurationPlace;
}

/** A class of authentication context and what makes it true of a session. */
export interface AuthnContextConfiguration {
  readonly uri: string;
  readonly factors: readonly Factor[];
  /** Absent: either way. */
  readonly transport?: 'protected' | 'unprotected';
}

export interface SamlIdpConfiguration {
  /** Absent: `<public URL>/saml/idp`. */
  readonly entityId?: string;
  readonly securityDomain: string;
  /** As of an application. */
  readonly mechanisms?: readonly MechanismConfiguration[];
  readonly signing: SigningConfiguration;
  readonly assertionLifetimeSeconds: number;
  readonly clockSkewSeconds: number;
  /** Whether clients that are no browsers may sign on over SOAP. */
  readonly ecp: boolean;
  /** Of subject identifiers. Absent: the host of the public URL. */
  readonly scope?: string;
  /** Weakest first. Absent: the classes of saml-authn-context that Gatehouse knows. */
  readonly authnContexts?: readonly AuthnContextConfiguration[];
  readonly partners: readonly PartnerConfiguration[];
  readonly place: ConfigurationPlace;
}

/** One attribute that a partner may have. */
export interface AttributeRuleConfiguration {
  readonly name: string;
  /** URI. */
  readonly nameFormat: string;
  readonly friendlyName?: string;
  readonly from: AttributeSource;
  readonly attribute: string;
  readonly values: readonly string[];
  readonly required: boolean;
}

export const attributeSources = ['attribute', 'roles', 'principal', 'fixed', 'subject-id', 'pairwise-id'] as const;
export type AttributeSource = (typeof attributeSources)[number];
