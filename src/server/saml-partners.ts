/** @module Opens the sources of SAML partners that the configuration names, and says everything that is wrong with any at once. */
import type { Metrics } from '../adapters/metrics.ts';
import { systemTimers } from '../adapters/system-clock.ts';
import type { PartnerConfiguration } from '../config/configuration.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import { createPartner, type Partner } from '../protocols/saml-idp/partner.ts';
import { createPartners, type PartnerSource, type Partners } from '../protocols/saml-idp/partners.ts';
import type { EntitySet } from '../protocols/saml-idp/sources/entity-set.ts';
import {
  createPartnerTable,
  type PartnerEntry,
  type PartnerTable,
} from '../protocols/saml-idp/sources/partner-table.ts';
import type { SourceState } from '../protocols/saml-idp/sources/source-state.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { Signer } from '../spi/signer.ts';
import type { SpMetadata } from '../wire/saml/sp-metadata.ts';
import type { Closers } from './closers.ts';
import { type MetadataSourceParts, openDocument, openMdq, readTrust } from './metadata-sources.ts';
import { createSigners, type Signers } from './signers.ts';

export interface SamlPartners {
  readonly partners: Partners;
  /** One for each entry of the configuration, in its order. */
  states(): readonly SourceState[];
  /** The same with what is in force of each; of `mdq` nothing is, until it is asked. */
  inspect(): readonly { readonly state: SourceState; readonly entries: readonly PartnerEntry[] }[];
  /** Asks every place now. */
  refresh(): Promise<void>;
}

export interface SamlPartnersParts extends MetadataSourceParts {
  readonly signers: Signers;
  readonly closers: Closers;
}

interface Opened {
  readonly state: () => SourceState;
  readonly refresh: () => Promise<void>;
  readonly asked?: PartnerSource;
  readonly isFile: boolean;
  readonly entries: () => readonly PartnerEntry[];
}

/**
 * Files are read, copies are read, and what has no copy is fetched: a start waits for that, within the time limit of a fetch.
 * @throws ERR_SAML_METADATA with a fact for each file that cannot be used, under its line of configuration. An address that does
 * not answer is no fault: it is asked again.
 */
export async function openPartners(
  configured: readonly PartnerConfiguration[],
  parts: SamlPartnersParts,
): Promise<SamlPartners> {
  const table = createPartnerTable();
  const problems: Record<string, string> = {};
  // Slots are given out before anything waits: their order is that of the configuration.
  const opening = configured.map((partner) => openSource(partner, table, parts));
  const opened: Opened[] = [];
  for (const [index, result] of (await Promise.allSettled(opening)).entries()) {
    if (result.status === 'fulfilled') {
      opened.push(result.value);
      continue;
    }
    const { reason } = result;
    const partner = configured[index];
    if (!(reason instanceof GatehouseError) || partner === undefined) throw reason;
    problems[`${partner.place.file}:${partner.place.line}`] = `${partner.source.where}: ${wordsOf(reason)}`;
  }
  if (Object.keys(problems).length > 0) {
    throw new GatehouseError('ERR_SAML_METADATA', "a partner's metadata cannot be used", { facts: problems });
  }
  checkNamedOnce(opened.flatMap(({ isFile, entries }) => (isFile ? entries() : [])));
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

async function openSource(
  configured: PartnerConfiguration,
  table: PartnerTable,
  parts: SamlPartnersParts,
): Promise<Opened> {
  const { source } = configured;
  const isNamed = source.kind === 'metadata' || source.kind === 'metadata-url';
  const slot = source.kind === 'mdq' ? undefined : table.slot({ listed: isNamed });
  const trust = await readTrust(source, parts.home);
  const signer = configured.signing && (await parts.signers.open(configured.signing));
  const makePartner = (metadata: SpMetadata) => partnerOf(metadata, configured, signer);
  const at = { source, trust, makePartner };
  if (slot === undefined) {
    const mdq = openMdq(at, parts);
    parts.closers.add(mdq, (open) => open.close());
    return { state: mdq.state, refresh: async () => undefined, asked: mdq, isFile: false, entries: () => [] };
  }
  let inForce: readonly PartnerEntry[] = [];
  const use = ({ entries }: EntitySet) => {
    slot.replace(entries);
    inForce = entries;
  };
  const document = openDocument({ ...at, use }, parts);
  parts.closers.add(document, (open) => open.close());
  if (parts.network || source.fetching === undefined) await document.start();
  else await document.startOffline();
  return {
    state: document.state,
    refresh: document.refresh,
    isFile: source.kind === 'metadata',
    entries: () => inForce,
  };
}

/** One partner in two files: whose settings count would be a guess. */
function checkNamedOnce(entries: readonly PartnerEntry[]): void {
  const seen = new Set<string>();
  for (const { entityId } of entries) {
    if (seen.has(entityId)) {
      throw new GatehouseError('ERR_SAML_METADATA', 'two partners have one entityID', { facts: { partner: entityId } });
    }
    seen.add(entityId);
  }
}

/** For the background, where nobody could be told that a record failed: the log is. */
function createMetadataReport(audit: AuditTrail, logger: Logger): MetadataSourceParts['report'] {
  return async (outcome, reason, name) => {
    try {
      await audit.record({ type: 'saml-metadata', outcome, reason, application: name });
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      logger.error({ code: error.code, source: name }, 'a refresh of metadata could not be recorded');
    }
  };
}

export interface ServedPartnersParts extends Omit<SamlPartnersParts, 'timers' | 'network' | 'signers' | 'report'> {
  readonly audit: AuditTrail;
  readonly metrics: Pick<Metrics, 'watchMetadata'>;
}

/** Of a running server: refreshed, watched by the metrics, each refresh in the audit trail. @throws as `openPartners` */
export async function openServedPartners(configured: readonly PartnerConfiguration[], parts: ServedPartnersParts) {
  const signers = createSigners(parts.home);
  const report = createMetadataReport(parts.audit, parts.logger);
  const opened = await openPartners(configured, { ...parts, signers, report, timers: systemTimers, network: true });
  parts.metrics.watchMetadata(opened.states, parts.clock);
  return { partners: opened.partners, signers };
}

function partnerOf(metadata: SpMetadata, configured: PartnerConfiguration, signer: Signer | undefined): Partner {
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
    affiliation: configured.affiliation,
    roleAttribute: configured.roleAttribute,
    attributes: configured.attributes,
    encrypt: configured.encrypt,
    onlyPrivate: configured.source.fetching?.allowPrivateAddresses,
  });
}

function wordsOf({ message, facts }: GatehouseError): string {
  const details = Object.entries(facts).filter(([name]) => name !== 'file');
  return details.length === 0
    ? message
    : `${message} (${details.map(([name, fact]) => `${name}: ${fact}`).join(', ')})`;
}
