/** @module Opens the identity providers that the configuration names, each with what is kept current of its metadata. */
import type { Metrics } from '../adapters/metrics.ts';
import type { IdentityProviderConfiguration } from '../config/configuration.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import { createPartnerTable, type PartnerTable } from '../metadata/partner-table.ts';
import { createPartners } from '../metadata/partners.ts';
import { identityProviders } from '../metadata/roles.ts';
import { createIdentityProvider, type IdentityProvider } from '../protocols/saml-sp/identity-provider.ts';
import type { ProviderSource } from '../protocols/saml-sp/identity-providers.ts';
import { createMetadataReport, openPartnerSources, type PartnerSourcesParts } from './partner-sources.ts';

export interface IdentityProvidersParts extends Omit<PartnerSourcesParts, 'network' | 'report'> {
  readonly audit: AuditTrail;
  readonly metrics: Pick<Metrics, 'watchMetadata'>;
}

/** By the administrator's names for them. @throws as `openPartnerSources` */
export async function openIdentityProviders(
  configured: readonly IdentityProviderConfiguration[],
  parts: IdentityProvidersParts,
): Promise<ReadonlyMap<string, ProviderSource>> {
  const tables = new Map<string, PartnerTable<IdentityProvider>>(
    configured.map(({ key }) => [key, createPartnerTable<IdentityProvider>()]),
  );
  const tableOf = ({ key }: IdentityProviderConfiguration) => tables.get(key) ?? createPartnerTable<IdentityProvider>();
  const opened = await openPartnerSources(
    configured,
    {
      table: tableOf,
      role: async (one) => identityProviders((metadata) => createIdentityProvider(metadata, settingsOf(one))),
    },
    { ...parts, network: true, report: createMetadataReport(parts.audit, parts.logger) },
  );
  parts.metrics.watchMetadata(() => opened.map(({ state }) => state()), parts.clock);
  return new Map(
    configured.map((one, index) => {
      const { asked, entries = () => [] } = opened[index] ?? {};
      const known = createPartners(tableOf(one), asked === undefined ? [] : [asked]);
      const isFederation = one.source.kind === 'aggregate' || one.source.kind === 'mdq';
      return [one.key, { known, entries, isFederation }];
    }),
  );
}

function settingsOf(one: IdentityProviderConfiguration) {
  return {
    name: one.name,
    enabled: one.enabled,
    idpInitiated: one.idpInitiated,
    requestBinding: one.requestBinding,
    nameIdFormat: one.nameIdFormat,
    authnContext: one.authnContext,
    forceAuthn: one.forceAuthn,
    maxAuthnAgeMs: one.maxAuthnAgeMs,
    decryptionCiphers: one.decryptionCiphers,
    onlyPrivate: one.source.fetching?.allowPrivateAddresses,
  };
}
