/** @module The partners of one metadata document: checked as a whole once, made into partners one by one as they are asked for. */
import type { KeyObject } from 'node:crypto';
import { GatehouseError } from '../spi/errors.ts';
import { type DocumentFacts, type EntityPiece, readEntitiesOf, rereadEntity } from '../wire/saml/entities.ts';
import type { NamespaceScope, XmlElement } from '../wire/xml/element.ts';
import type { PartnerEntry } from './partner-table.ts';

/** How the entities of one role become partners. */
export interface EntityRole<P> {
  /** As in `service provider`. */
  readonly name: string;
  /** Whether an entity has the role, without reading it. */
  has(entity: XmlElement): boolean;
  /**
   * Of an entity that has the role.
   * @param validUntil the earliest of the entity and what surrounds it
   * @throws ERR_SAML_METADATA when it cannot be worked with
   */
  make(entity: XmlElement, validUntil: number | undefined): P;
}

export interface EntitySetOptions<P> {
  /** Who must have signed the document; `undefined`: nobody need have. */
  readonly pins: readonly KeyObject[] | undefined;
  readonly role: EntityRole<P>;
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

export interface EntitySet<P> extends DocumentFacts {
  readonly entries: readonly PartnerEntry<P>[];
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
export async function loadEntitySet<P>(bytes: Buffer, options: EntitySetOptions<P>): Promise<EntitySet<P>> {
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
    if (!options.role.has(piece.element) || !passes(piece)) continue;
    const { scope, validUntil } = piece;
    // A string of its own: a slice would keep the whole text that it was cut from.
    const entityId = Buffer.from(piece.entityId).toString();
    kept.push({ entityId, at: length, length: piece.to - piece.from, scope, validUntil });
    parts.push(bytes.subarray(piece.from, piece.to));
    length += piece.to - piece.from;
  }
  if (kept.length === 0) {
    throw new GatehouseError('ERR_SAML_METADATA', `metadata holds no ${options.role.name} that is wanted`, {
      facts: { entities: count },
    });
  }
  // A copy of its own: the document, entities of other roles and all, can go.
  const entries = entriesOf(Buffer.concat(parts, length), kept, options.role);
  if (options.check === 'all') for (const entry of entries) entry.partner();
  return { ...step.value, entries };
}

function entriesOf<P>(bytes: Buffer, kept: readonly Kept[], role: EntityRole<P>) {
  const made = new Map<string, P>();
  return kept.map(
    ({ entityId, at, length, scope, validUntil }): PartnerEntry<P> => ({
      entityId,
      partner() {
        const known = made.get(entityId);
        if (known !== undefined) return known;
        const partner = role.make(rereadEntity(bytes.subarray(at, at + length), scope), validUntil);
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
