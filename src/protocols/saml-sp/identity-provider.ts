/** @module An identity provider at which people sign in for applications of ours: what its metadata says and what the administrator settled about it. */
import type { KeyObject } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import type { ContentCipher } from '../../spi/xml-encryption.ts';
import type { AuthnContextComparison } from '../../wire/saml/authn-request-wishes.ts';
import type { IdpMetadata } from '../../wire/saml/idp-metadata.ts';
import type { AssertionConsumerService, RespondingEndpoint } from '../../wire/saml/sp-metadata.ts';

/** What the configuration says about one identity provider, or about all of a federation. */
export interface IdentityProviderSettings {
  readonly name?: string | undefined;
  /** False: nobody signs in there. Absent: true. */
  readonly enabled?: boolean | undefined;
  /** Whether a response may come that nobody asked for (saml-profiles §4.1.5). */
  readonly idpInitiated: boolean;
  readonly requestBinding?: 'redirect' | 'post' | undefined;
  /** URI (saml-core §8.3). */
  readonly nameIdFormat?: string | undefined;
  readonly authnContext?:
    | { readonly classes: readonly string[]; readonly comparison: AuthnContextComparison }
    | undefined;
  readonly forceAuthn: boolean;
  readonly maxAuthnAgeMs: number;
  readonly decryptionCiphers: readonly ContentCipher[];
  /** Set where its metadata came over the network: the private addresses that may be gone to. */
  readonly onlyPrivate?: readonly string[] | undefined;
}

/** Where people are sent to sign in, and how. */
export interface SignOnService {
  readonly binding: 'HTTP-Redirect' | 'HTTP-POST';
  readonly location: string;
}

export interface IdentityProvider {
  readonly entityId: string;
  readonly displayName: string;
  readonly settings: IdentityProviderSettings;
  /** Every key that may have signed, old and new during a roll-over. Never empty. */
  readonly signingKeys: readonly KeyObject[];
  readonly signOnService: SignOnService;
  /** Those that are asked over SOAP. */
  readonly artifactResolutionServices: readonly AssertionConsumerService[];
  readonly singleLogoutServices: readonly RespondingEndpoint[];
  /** Set where its addresses came over the network: the private ones that may be gone to. */
  readonly onlyPrivate: readonly string[] | undefined;
  readonly validUntil: number | undefined;
  /** False: it is nobody. Absent: true. */
  readonly enabled?: boolean | undefined;
}

/** @throws ERR_SAML_METADATA when nobody can be sent to it, or nothing that it says can be checked. */
export function createIdentityProvider(metadata: IdpMetadata, settings: IdentityProviderSettings): IdentityProvider {
  const { entityId } = metadata;
  if (metadata.signingKeys.length === 0) {
    throw new GatehouseError('ERR_SAML_METADATA', 'metadata of an identity provider holds no signing key', {
      facts: { partner: entityId },
    });
  }
  return {
    entityId,
    displayName: settings.name ?? metadata.displayName ?? entityId,
    settings,
    signingKeys: metadata.signingKeys,
    signOnService: signOnServiceOf(metadata, settings),
    artifactResolutionServices: metadata.artifactResolutionServices.filter(({ binding }) => binding === 'SOAP'),
    singleLogoutServices: metadata.singleLogoutServices,
    onlyPrivate: settings.onlyPrivate,
    validUntil: metadata.validUntil,
    enabled: settings.enabled,
  };
}

function signOnServiceOf(metadata: IdpMetadata, { requestBinding }: IdentityProviderSettings): SignOnService {
  const wanted = { redirect: ['HTTP-Redirect'], post: ['HTTP-POST'], any: ['HTTP-Redirect', 'HTTP-POST'] } as const;
  for (const binding of wanted[requestBinding ?? 'any']) {
    const found = metadata.singleSignOnServices.find((service) => service.binding === binding);
    if (found !== undefined) return { binding, location: found.location };
  }
  throw new GatehouseError('ERR_SAML_METADATA', 'metadata names no single sign-on service that can be used', {
    facts: { partner: metadata.entityId, needed: wanted[requestBinding ?? 'any'].join(' or ') },
  });
}
