/** @module All SAML partners: found by entityID in one step however many there are, from sources that may change under way. */
import { GatehouseError } from '../spi/errors.ts';
import { createPartnerTable, type KnownEntity, type PartnerEntry, type PartnerTable } from './partner-table.ts';

/** Of an entityID that somebody sent: enough to recognise it in the log. */
const maxShownCharacters = 200;
const maxEntityIdLength = 1024;

export interface KnownPartners<P> {
  /**
   * @throws ERR_SAML_UNKNOWN_PARTNER when it is not registered or its metadata has run out; ERR_STORE_UNAVAILABLE,
   * ERR_OVERLOADED when the one place that would know it could not be asked.
   */
  find(entityId: string, now: number): Promise<P>;
  /** Those that are offered to people: what the administrator named one by one. */
  list(now: number): readonly P[];
}

/** A source that has to be asked: only for a partner whose metadata is not here. */
export interface PartnerSource<P> {
  /** `undefined` when it has no such partner. Whether the metadata has run out is not its business. @throws as `KnownPartners.find` */
  find(entityId: string): Promise<P | undefined>;
}

/** Those in the table, in its order; then the sources in theirs. The first with metadata that has not run out counts. */
export function createPartners<P extends KnownEntity>(
  table: PartnerTable<P>,
  sources: readonly PartnerSource<P>[] = [],
): KnownPartners<P> {
  const isValid = (partner: P, now: number) => partner.validUntil === undefined || now < partner.validUntil;

  /** Who was shut out must not come in by a later entry. */
  const checkEnabled = ({ enabled }: P, facts: { readonly partner: string }) => {
    if (enabled === false) {
      throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', 'the partner is switched off', {
        facts: { ...facts, enabled: false },
      });
    }
  };

  return {
    async find(entityId, now) {
      const facts = { partner: entityId.slice(0, maxShownCharacters) };
      let reason = 'no partner has this entityID';
      for (const entry of table.find(entityId)) {
        const partner = made(entry, facts);
        checkEnabled(partner, facts);
        if (isValid(partner, now)) return partner;
        reason = "the partner's metadata has run out";
      }
      // saml-core §8.3.6: nothing longer is an entityID.
      for (const source of entityId.length <= maxEntityIdLength ? sources : []) {
        const partner = await source.find(entityId);
        if (partner === undefined) continue;
        checkEnabled(partner, facts);
        if (isValid(partner, now)) return partner;
        reason = "the partner's metadata has run out";
      }
      throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', reason, { facts });
    },
    list(now) {
      const first = new Map<string, P>();
      for (const entry of table.listed()) {
        if (first.has(entry.entityId)) continue;
        const partner = entry.partner();
        if (partner.enabled === false || isValid(partner, now)) first.set(partner.entityId, partner);
      }
      return [...first.values()].filter(({ enabled }) => enabled !== false);
    },
  };
}

/** Of a federation's thousands some cannot be worked with: to a request they are nobody, and the log says why. */
function made<P>(entry: PartnerEntry<P>, facts: { readonly partner: string }): P {
  try {
    return entry.partner();
  } catch (cause) {
    if (!(cause instanceof GatehouseError)) throw cause;
    throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', "the partner's metadata cannot be used", {
      cause,
      facts: { ...facts, problem: cause.message },
    });
  }
}

/** Partners that never change. @throws ERR_SAML_METADATA when two have one entityID. */
export function fixedPartners<P extends KnownEntity>(partners: readonly P[]): KnownPartners<P> {
  const table = createPartnerTable<P>();
  const ids = new Set<string>();
  for (const { entityId } of partners) {
    if (ids.has(entityId)) {
      throw new GatehouseError('ERR_SAML_METADATA', 'two partners have one entityID', { facts: { partner: entityId } });
    }
    ids.add(entityId);
  }
  table
    .slot({ listed: true })
    .replace(partners.map((partner) => ({ entityId: partner.entityId, partner: () => partner })));
  return createPartners(table);
}
