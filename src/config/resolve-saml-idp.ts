/** @module The SAML identity provider of the checked document, made into what the rest of the house reads. */
import { optional, type ResolveContext } from './resolve-context.ts';
import { resolveMechanisms } from './resolve-mechanisms.ts';
import { resolvePartnerSource } from './resolve-partners.ts';
import type { AttributeRuleConfiguration, SamlIdpConfiguration } from './saml-configuration.ts';
import type { ConfigurationDocument } from './schema.ts';
import { nameIdFormatsByName } from './schema-saml-fields.ts';

type SamlIdpDocument = NonNullable<ConfigurationDocument['saml-idp']>;
type AttributeRuleDocument = NonNullable<SamlIdpDocument['partners'][number]['attributes']>[number];

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
    ecp: idp.ecp,
    ...optional('scope', idp.scope),
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
      ...optional('enabled', partner.enabled),
      ...optional('sign', partner.sign),
      ...optional(
        'signing',
        partner.signing && {
          key: partner.signing.key ?? idp.signing.key,
          certificate: partner.signing.certificate ?? idp.signing.certificate,
          algorithm: partner.signing.algorithm ?? idp.signing.algorithm,
          place: place([...path, 'partners', index, 'signing']),
        },
      ),
      ...optional('redirectResponses', partner['redirect-responses']),
      ...optional('requireSignedRequests', partner['require-signed-requests']),
      ...optional('nameIdFormat', partner['name-id-format'] && nameIdFormatsByName[partner['name-id-format']]),
      ...optional(
        'encrypt',
        partner.encrypt && {
          cipher: partner.encrypt.cipher,
          transport: partner.encrypt['key-transport'],
          what: [partner.encrypt.what].flat(),
        },
      ),
      ...optional('assertionsById', partner['assertions-by-id']),
      ...optional('affiliation', partner.affiliation),
      roleAttribute: partner['role-attribute'],
      ...optional('attributes', partner.attributes?.map(resolveAttributeRule)),
      place: place([...path, 'partners', index]),
    })),
    place: place(path),
  };
}

const nameFormat = (name: string) => `urn:oasis:names:tc:SAML:2.0:attrname-format:${name}`;

function resolveAttributeRule(rule: AttributeRuleDocument): AttributeRuleConfiguration {
  const format = rule['name-format'] ?? (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(rule.name) ? 'uri' : 'basic');
  return {
    name: rule.name,
    nameFormat: format.includes(':') ? format : nameFormat(format),
    ...optional('friendlyName', rule['friendly-name']),
    from: rule.from ?? (rule.values === undefined ? 'attribute' : 'fixed'),
    attribute: rule.attribute ?? rule.name,
    values: rule.values ?? [],
    required: rule.required,
  };
}
