/** @module What the rest of the house sees of the service-provider part of `gatehouse.yaml`. */
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import type { ContentCipher } from '../spi/xml-encryption.ts';
import type { PartnerSourceConfiguration } from './partner-source-configuration.ts';
import type { SigningConfiguration } from './saml-configuration.ts';

export const requestBindings = ['redirect', 'post'] as const;
export const responseBindings = ['post', 'artifact'] as const;
export const authnContextComparisons = ['exact', 'minimum', 'maximum', 'better'] as const;

export interface IdentityProviderConfiguration {
  /** Of the administrator's choice; unique. */
  readonly key: string;
  readonly source: PartnerSourceConfiguration;
  /** Absent: the display name of its metadata, or its entityID. */
  readonly name?: string;
  /** Absent: yes. */
  readonly enabled?: boolean;
  readonly idpInitiated: boolean;
  /** Absent: HTTP-Redirect where there is a choice. */
  readonly requestBinding?: (typeof requestBindings)[number];
  /** URI (saml-core §8.3). */
  readonly nameIdFormat?: string;
  readonly authnContext?: {
    readonly classes: readonly string[];
    readonly comparison: (typeof authnContextComparisons)[number];
  };
  readonly forceAuthn: boolean;
  readonly maxAuthnAgeMs: number;
  readonly decryptionCiphers: readonly ContentCipher[];
  readonly place: ConfigurationPlace;
}

export interface SamlSpConfiguration {
  readonly signing: SigningConfiguration;
  /** Absent: the key that signs opens too. */
  readonly encryption?: Pick<SigningConfiguration, 'key' | 'certificate' | 'place'>;
  readonly clockSkewMs: number;
  readonly identityProviders: readonly IdentityProviderConfiguration[];
  readonly place: ConfigurationPlace;
}

/** An application as a service provider. */
export interface ApplicationSamlSpConfiguration {
  /** Absent: the address of its metadata. */
  readonly entityId?: string;
  /** Keys of `SamlSpConfiguration.identityProviders`, in the order in which they are offered. Absent: all. */
  readonly identityProviders?: readonly string[];
  readonly responseBinding: (typeof responseBindings)[number];
}
