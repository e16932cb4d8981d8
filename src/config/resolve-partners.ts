/** @module Where a SAML partner's metadata comes from, made into what the server reads. */

import type { PartnerDocument } from './partner-findings.ts';
import type { PartnerSourceConfiguration } from './partner-source-configuration.ts';
import { optional } from './resolve-context.ts';
import { isDocumentUrl } from './schema-partners.ts';

const defaultRefreshSeconds = 3600;

export function resolvePartnerSource(partner: PartnerDocument): PartnerSourceConfiguration {
  const pinned = optional('signingCertificate', partner['signing-certificate']);
  const fetching = {
    refreshMs: (partner['refresh-seconds'] ?? defaultRefreshSeconds) * 1000,
    allowPrivateAddresses: partner['allow-private-addresses'] ?? [],
    ...optional('certificateAuthority', partner['certificate-authority']),
  };
  const filter = {
    entityIds: partner['entity-ids'] ?? [],
    registrationAuthorities: partner['registration-authorities'] ?? [],
  };
  const everything = { entityIds: [], registrationAuthorities: [] };
  if (partner.mdq !== undefined) {
    const identifiers = partner['mdq-identifiers'] ?? 'entity-id';
    return { kind: 'mdq', where: partner.mdq, identifiers, filter, fetching, ...pinned };
  }
  if (partner['metadata-url'] !== undefined) {
    return { kind: 'metadata-url', where: partner['metadata-url'], filter: everything, fetching, ...pinned };
  }
  if (partner.aggregate !== undefined) {
    const isUrl = isDocumentUrl(partner.aggregate);
    return { kind: 'aggregate', where: partner.aggregate, filter, ...(isUrl ? { fetching } : {}), ...pinned };
  }
  // The findings have made sure that there is one.
  return { kind: 'metadata', where: partner.metadata ?? '', filter: everything, ...pinned };
}
