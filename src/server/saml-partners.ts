/** @module Opens the SAML partners of the identity provider: the service providers that the configuration names. */
import type { Metrics } from '../adapters/metrics.ts';
import { systemTimers } from '../adapters/system-clock.ts';
import type { PartnerConfiguration } from '../config/configuration.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import type { EntityRole } from '../metadata/entity-set.ts';
import { createPartnerTable, type PartnerEntry } from '../metadata/partner-table.ts';
import { createPartners } from '../metadata/partners.ts';
import { serviceProviders } from '../metadata/roles.ts';
import type { SourceState } from '../metadata/source-state.ts';
import { createPartner, type Partner } from '../protocols/saml-idp/partner.ts';
import type { Partners } from '../protocols/saml-idp/partners.ts';
import type { SpMetadata } from '../wire/saml/sp-metadata.ts';
import { createMetadataReport, openPartnerSources, type PartnerSourcesParts } from './partner-sources.ts';
import type { SignerOf, Signers } from './signers.ts';

export interface SamlPartners {
  readonly partners: Partners;
  /** One for each entry of the configuration, in its order. */
  states(): readonly SourceState[];
  /** The same with what is in force of each; of `mdq` nothing is, until it is asked. */
  inspect(): readonly { readonly state: SourceState; readonly entries: readonly PartnerEntry<Partner>[] }[];
  /** Asks every place now. */
  refresh(): Promise<void>;
}

export interface SamlPartnersParts extends PartnerSourcesParts {
  readonly signers: Signers;
}

/** @throws as `openPartnerSources` */
export async function openPartners(
  configured: readonly PartnerConfiguration[],
  parts: SamlPartnersParts,
): Promise<SamlPartners> {
  const table = createPartnerTable<Partner>();
  const role = async (one: PartnerConfiguration): Promise<EntityRole<Partner>> => {
    const signer = one.signing && (await parts.signers.open(one.signing));
    return serviceProviders((metadata) => partnerOf(metadata, one, signer));
  };
  const opened = await openPartnerSources(configured, { table: () => table, role }, parts);
  const asked = opened.flatMap((one) => (one.asked === undefined ? [] : [one.asked]));
  return {
    partners: createPartners(table, asked),
    states: () => opened.map(({ state }) => state()),
    inspect: () => opened.map(({ state, entries }) => ({ state: state(), entries: entries() })),
    async refresh() {
      await Promise.all(opened.map(({ refresh }) => refresh()));
    },
  };
}

export interface ServedPartnersParts extends Omit<SamlPartnersParts, 'timers' | 'network' | 'report'> {
  readonly audit: AuditTrail;
  readonly metrics: Pick<Metrics, 'watchMetadata'>;
}

/** Of a running server: refreshed, watched by the metrics, each refresh in the audit trail. @throws as `openPartners` */
export async function openServedPartners(
  configured: readonly PartnerConfiguration[],
  parts: ServedPartnersParts,
): Promise<Partners> {
  const report = createMetadataReport(parts.audit, parts.logger);
  const opened = await openPartners(configured, { ...parts, report, timers: systemTimers, network: true });
  parts.metrics.watchMetadata(opened.states, parts.clock);
  return opened.partners;
}

function partnerOf(metadata: SpMetadata, configured: PartnerConfiguration, signer: SignerOf | undefined): Partner {
  return createPartner(metadata, {
    name: configured.name,
    enabled: configured.enabled,
    signer,
    redirectResponses: configured.redirectResponses,
    // Of a whole federation nobody has looked at what each of its members asks for.
    releasesRequested: configured.source.kind === 'metadata' || configured.source.kind === 'metadata-url',
    sign: configured.sign ?? (metadata.wantAssertionsSigned === false ? 'response' : 'assertion'),
    requireSignedRequests: configured.requireSignedRequests,
    nameIdFormat: configured.nameIdFormat,
    assertionsById: configured.assertionsById,
    affiliation: configured.affiliation,
    roleAttribute: configured.roleAttribute,
    attributes: configured.attributes,
    encrypt: configured.encrypt,
    onlyPrivate: configured.source.fetching?.allowPrivateAddresses,
  });
}
