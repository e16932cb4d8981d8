/** @module Applications and the SAML identity provider of the checked document, made into what the rest of the house reads. */
import { nameIdFormats } from '../spi/name-id-formats.ts';
import type { ApplicationConfiguration, SamlIdpConfiguration } from './configuration.ts';
import { optional, type ResolveContext } from './resolve-context.ts';
import { resolveMechanisms } from './resolve-mechanisms.ts';
import { resolvePartnerSource } from './resolve-partners.ts';
import type { ConfigurationDocument } from './schema.ts';

/** Names in the file are spelt with hyphens. */
const nameIdFormatsByName = {
  ...nameIdFormats,
  'email-address': nameIdFormats.emailAddress,
  'x509-subject-name': nameIdFormats.x509SubjectName,
  'windows-domain-qualified-name': nameIdFormats.windowsDomainQualifiedName,
} as const;

export function resolveApplication(
  name: string,
  application: ConfigurationDocument['applications'][string],
  context: ResolveContext,
): ApplicationConfiguration {
  const { place } = context;
  const path = ['applications', name];
  return {
    name,
    securityDomain: application['security-domain'],
    ...optional('mechanisms', resolveMechanisms(application.mechanisms, [...path, 'mechanisms'], context)),
    contextPath: application['context-path'] ?? `/${name}`,
    upstream: new URL(application.upstream).origin,
    constraints: application.constraints.map(({ roles, methods, ...constraint }, index) => ({
      ...constraint,
      ...optional('roles', roles),
      ...optional('methods', methods),
      place: place([...path, 'constraints', index]),
    })),
    roleMapping: new Map(Object.entries(application['role-mapping'] ?? {})),
    place: place(path),
  };
}

export function resolveSamlIdp(
  idp: NonNullable<ConfigurationDocument['saml-idp']>,
  context: ResolveContext,
): SamlIdpConfiguration {
  const { place } = context;
  const path = ['saml-idp'];
  return {
    ...optional('entityId', idp['entity-id']),
    securityDomain: idp['security-domain'],
    ...optional('mechanisms', resolveMechanisms(idp.mechanisms, [...path, 'mechanisms'], context)),
    signing: { ...idp.signing, place: place([...path, 'signing']) },
    assertionLifetimeSeconds: idp['assertion-lifetime-seconds'],
    clockSkewSeconds: idp['clock-skew-seconds'],
    ...optional(
      'authnContexts',
      idp['authn-contexts']?.map(({ class: uri, factors, transport }) => ({
        uri,
        factors,
        ...optional('transport', transport),
      })),
    ),
    partners: idp.partners.map((partner, index) => ({
      source: resolvePartnerSource(partner),
      ...optional('name', partner.name),
      ...optional('sign', partner.sign),
      ...optional('requireSignedRequests', partner['require-signed-requests']),
      ...optional('nameIdFormat', partner['name-id-format'] && nameIdFormatsByName[partner['name-id-format']]),
      ...optional(
        'encrypt',
        partner.encrypt && { cipher: partner.encrypt.cipher, transport: partner.encrypt['key-transport'] },
      ),
      ...optional('affiliation', partner.affiliation),
      roleAttribute: partner['role-attribute'],
      place: place([...path, 'partners', index]),
    })),
    place: place(path),
  };
}
