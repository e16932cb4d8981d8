/** @module The partners of one metadata document: checked as a whole once, made into partners one by one as they are asked for. */
import type { KeyObject } from 'node:crypto';
import { GatehouseError } from '../../../spi/errors.ts';
import { type DocumentFacts, type EntityPiece, readEntitiesOf, rereadEntity } from '../../../wire/saml/entities.ts';
import { isServiceProvider, serviceProvider } from '../../../wire/saml/metadata-reader.ts';
import type { SpMetadata } from '../../../wire/saml/sp-metadata.ts';
import type { NamespaceScope } from '../../../wire/xml/element.ts';
import type { Partner } from '../partner.ts';
import type { PartnerEntry } from './partner-table.ts';

export interface EntitySetOptions {
  /** Who must have signed the document; `undefined`: nobody need have. */
  readonly pins: readonly KeyObject[] | undefined;
  readonly makePartner: (metadata: SpMetadata) => Partner;
  readonly filter: EntityFilter;
  /** `all`: one partner that cannot be worked with spoils the document. `each`: only itself, when somebody asks for it. */
  readonly check: 'all' | 'each';
  /** Waited for every now and then, so that other work goes on. */
  readonly pause: () => Promise<void>;
}

/** Empty lists let everything through. */
export interface EntityFilter {
  readonly entityIds: readonly string[];
  readonly registrationAuthorities: readonly string[];
}

export interface EntitySet extends DocumentFacts {
  readonly entries: readonly PartnerEntry[];
}

/** How many entities are read between two pauses: some milliseconds of work. */
const entitiesBetweenPauses = 50;

/** Partners that are kept made: each has some kilobytes of keys. The others are made again, in less than a millisecond. */
const maxMadePartners = 2000;

interface Kept {
  readonly entityId: string;
  readonly at: number;
  readonly length: number;
  readonly scope: NamespaceScope | undefined;
  readonly validUntil: number | undefined;
}

/** @throws ERR_SAML_METADATA, ERR_XML_*: the document is then not used at all. */
export async function loadEntitySet(bytes: Buffer, options: EntitySetOptions): Promise<EntitySet> {
  const passes = createFilter(options.filter);
  const parts: Buffer[] = [];
  const kept: Kept[] = [];
  let length = 0;
  let count = 0;
  const reading = readEntitiesOf(bytes, options.pins);
  let step = reading.next();
  for (; step.done !== true; step = reading.next()) {
    count += 1;
    if (count % entitiesBetweenPauses === 0) await options.pause();
    const piece = step.value;
    if (!isServiceProvider(piece.element) || !passes(piece)) continue;
    const { scope, validUntil } = piece;
    // A string of its own: a slice would keep the whole text that it was cut from.
    const entityId = Buffer.from(piece.entityId).toString();
    kept.push({ entityId, at: length, length: piece.to - piece.from, scope, validUntil });
    parts.push(bytes.subarray(piece.from, piece.to));
    length += piece.to - piece.from;
  }
  if (kept.length === 0) {
    throw new GatehouseError('ERR_SAML_METADATA', 'metadata holds no service provider that is wanted', {
      facts: { entities: count },
    });
  }
  // A copy of its own: the document, identity providers and all, can go.
  const entries = entriesOf(Buffer.concat(parts, length), kept, options.makePartner);
  if (options.check === 'all') for (const entry of entries) entry.partner();
  return { ...step.value, entries };
}

function entriesOf(bytes: Buffer, kept: readonly Kept[], makePartner: (metadata: SpMetadata) => Partner) {
  const made = new Map<string, Partner>();
  return kept.map(
    ({ entityId, at, length, scope, validUntil }): PartnerEntry => ({
      entityId,
      partner() {
        const known = made.get(entityId);
        if (known !== undefined) return known;
        const metadata = serviceProvider(rereadEntity(bytes.subarray(at, at + length), scope), validUntil);
        if (metadata === undefined) throw new Error('an entity was a service provider and is none');
        const partner = makePartner(metadata);
        made.set(entityId, partner);
        for (const oldest of made.keys()) {
          if (made.size <= maxMadePartners) break;
          made.delete(oldest);
        }
        return partner;
      },
    }),
  );
}

function createFilter({ entityIds, registrationAuthorities }: EntityFilter): (piece: EntityPiece) => boolean {
  const [ids, authorities] = [new Set(entityIds), new Set(registrationAuthorities)];
  return ({ entityId, registrationAuthority }) =>
    (ids.size === 0 || ids.has(entityId)) &&
    (authorities.size === 0 || (registrationAuthority !== undefined && authorities.has(registrationAuthority)));
}
