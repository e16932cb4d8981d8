/** @module Opens the sources of SAML partners that the configuration names, of either role, and says everything that is wrong with any at once. */
import type { PartnerSourceConfiguration } from '../config/configuration.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import type { EntityRole, EntitySet } from '../metadata/entity-set.ts';
import type { KnownEntity, PartnerEntry, PartnerTable } from '../metadata/partner-table.ts';
import type { PartnerSource } from '../metadata/partners.ts';
import type { SourceState } from '../metadata/source-state.ts';
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { Closers } from './closers.ts';
import { type MetadataSourceParts, openDocument, openMdq, readTrust } from './metadata-sources.ts';

export interface PartnerSourcesParts extends MetadataSourceParts {
  readonly closers: Closers;
}

export interface ConfiguredSource {
  readonly source: PartnerSourceConfiguration;
  readonly place: ConfigurationPlace;
}

export interface OpenedSource<P> {
  readonly state: () => SourceState;
  /** Asks its place now. */
  readonly refresh: () => Promise<void>;
  /** Set where it has to be asked for each partner. */
  readonly asked?: PartnerSource<P>;
  readonly isFile: boolean;
  /** What is in force. */
  readonly entries: () => readonly PartnerEntry<P>[];
}

export interface OpeningOf<C, P> {
  readonly table: (configured: C) => PartnerTable<P>;
  readonly role: (configured: C) => Promise<EntityRole<P>>;
}

/**
 * One for each entry of the configuration, in its order. Files are read, copies are read, and what has no copy is fetched: a start
 * waits for that, within the time limit of a fetch.
 * @throws ERR_SAML_METADATA with a fact for each file that cannot be used, under its line of configuration. An address that does
 * not answer is no fault: it is asked again.
 */
export async function openPartnerSources<C extends ConfiguredSource, P extends KnownEntity>(
  configured: readonly C[],
  opening: OpeningOf<C, P>,
  parts: PartnerSourcesParts,
): Promise<readonly OpenedSource<P>[]> {
  const problems: Record<string, string> = {};
  // Slots are given out before anything waits: their order is that of the configuration.
  const begun = configured.map((one) => openSource(one, opening, parts));
  const opened: OpenedSource<P>[] = [];
  for (const [index, result] of (await Promise.allSettled(begun)).entries()) {
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
  for (const table of new Set(configured.map(opening.table))) {
    const together = opened.filter((_, index) => tableAt(configured, index, opening) === table);
    checkNamedOnce(together.flatMap(({ isFile, entries }) => (isFile ? entries() : [])));
  }
  return opened;
}

async function openSource<C extends ConfiguredSource, P extends KnownEntity>(
  configured: C,
  opening: OpeningOf<C, P>,
  parts: PartnerSourcesParts,
): Promise<OpenedSource<P>> {
  const { source } = configured;
  const isNamed = source.kind === 'metadata' || source.kind === 'metadata-url';
  const slot = source.kind === 'mdq' ? undefined : opening.table(configured).slot({ listed: isNamed });
  const trust = await readTrust(source, parts.home);
  const at = { source, trust, role: await opening.role(configured) };
  if (slot === undefined) {
    const mdq = openMdq(at, parts);
    parts.closers.add(mdq, (open) => open.close());
    return { state: mdq.state, refresh: async () => undefined, asked: mdq, isFile: false, entries: () => [] };
  }
  let inForce: readonly PartnerEntry<P>[] = [];
  const use = ({ entries }: EntitySet<P>) => {
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

function tableAt<C, P>(
  configured: readonly C[],
  index: number,
  { table }: OpeningOf<C, P>,
): PartnerTable<P> | undefined {
  const one = configured[index];
  return one === undefined ? undefined : table(one);
}

/** One partner in two files: whose settings count would be a guess. */
function checkNamedOnce(entries: readonly PartnerEntry<unknown>[]): void {
  const seen = new Set<string>();
  for (const { entityId } of entries) {
    if (seen.has(entityId)) {
      throw new GatehouseError('ERR_SAML_METADATA', 'two partners have one entityID', { facts: { partner: entityId } });
    }
    seen.add(entityId);
  }
}

/** For the background, where nobody could be told that a record failed: the log is. */
export function createMetadataReport(audit: AuditTrail, logger: Logger): MetadataSourceParts['report'] {
  return async (outcome, reason, name) => {
    try {
      await audit.record({ type: 'saml-metadata', outcome, reason, application: name });
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      logger.error({ code: error.code, source: name }, 'a refresh of metadata could not be recorded');
    }
  };
}

function wordsOf({ message, facts }: GatehouseError): string {
  const details = Object.entries(facts).filter(([name]) => name !== 'file');
  return details.length === 0
    ? message
    : `${message} (${details.map(([name, fact]) => `${name}: ${fact}`).join(', ')})`;
}
