/** @module The service-provider part of the checked document, made into what the rest of the house reads. */
import { optional, type ResolveContext } from './resolve-context.ts';
import { resolvePartnerSource } from './resolve-partners.ts';
import type { ApplicationSamlSpConfiguration, SamlSpConfiguration } from './saml-sp-configuration.ts';
import type { ConfigurationDocument } from './schema.ts';
import { nameIdFormatsByName } from './schema-saml-fields.ts';

export function resolveSamlSp(
  sp: NonNullable<ConfigurationDocument['saml-sp']>,
  { place }: ResolveContext,
): SamlSpConfiguration {
  const path = ['saml-sp'];
  return {
    signing: { ...sp.signing, place: place([...path, 'signing']) },
    ...optional('encryption', sp.encryption && { ...sp.encryption, place: place([...path, 'encryption']) }),
    clockSkewMs: sp['clock-skew-seconds'] * 1000,
    identityProviders: Object.entries(sp['identity-providers']).map(([key, provider]) => ({
      key,
      source: resolvePartnerSource(provider),
      ...optional('name', provider.name),
      ...optional('enabled', provider.enabled),
      idpInitiated: provider['idp-initiated'] === 'allowed',
      ...optional('requestBinding', provider['request-binding']),
      ...optional('nameIdFormat', provider['name-id-format'] && nameIdFormatsByName[provider['name-id-format']]),
      ...optional('authnContext', provider['authn-context']),
      forceAuthn: provider['force-authn'],
      maxAuthnAgeMs: provider['max-authn-age-seconds'] * 1000,
      decryptionCiphers: provider['decryption-ciphers'],
      place: place([...path, 'identity-providers', key]),
    })),
    place: place(path),
  };
}

export function resolveApplicationSamlSp(
  written: NonNullable<ConfigurationDocument['applications'][string]['saml-sp']>,
): ApplicationSamlSpConfiguration {
  return {
    ...optional('entityId', written['entity-id']),
    ...optional('identityProviders', written['identity-providers']),
    responseBinding: written['response-binding'],
  };
}
