/** @module All SAML partners: found by entityID in one step however many there are, from sources that may change under way. */
import { GatehouseError } from '../../spi/errors.ts';
import type { Partner } from './partner.ts';

/** Of an entityID that somebody sent: enough to recognise it in the log. */
const maxShownCharacters = 200;

export interface Partners {
  /**
   * @throws ERR_SAML_UNKNOWN_PARTNER when it is not registered or its metadata has run out; ERR_STORE_UNAVAILABLE,
   * ERR_OVERLOADED when the one place that would know it could not be asked.
   */
  find(entityId: string, now: number): Promise<Partner>;
  /** Those that are offered to people: what the administrator named one by one. */
  list(now: number): readonly Partner[];
}

/** Where partners come from. A source is asked only for what no source before it in the configuration has. */
export interface PartnerSource {
  /** `undefined` when it has no such partner. Whether the metadata has run out is not its business. @throws as `Partners.find` */
  find(entityId: string): Promise<Partner | undefined>;
  /** Those that people should be offered. */
  listed(): readonly Partner[];
}

export function createPartners(sources: readonly PartnerSource[]): Partners {
  const isValid = (partner: Partner, now: number) => partner.validUntil === undefined || now < partner.validUntil;

  return {
    async find(entityId, now) {
      const facts = { partner: entityId.slice(0, maxShownCharacters) };
      let expired = false;
      for (const source of sources) {
        const partner = await source.find(entityId);
        if (partner === undefined) continue;
        if (isValid(partner, now)) return partner;
        expired = true;
      }
      throw new GatehouseError(
        'ERR_SAML_UNKNOWN_PARTNER',
        expired ? "the partner's metadata has run out" : 'no partner has this entityID',
        { facts },
      );
    },
    list(now) {
      const first = new Map<string, Partner>();
      for (const partner of sources.flatMap((source) => source.listed())) {
        if (isValid(partner, now) && !first.has(partner.entityId)) first.set(partner.entityId, partner);
      }
      return [...first.values()];
    },
  };
}

/** Partners that never change. @throws ERR_SAML_METADATA when two have one entityID. */
export function fixedPartners(partners: readonly Partner[]): PartnerSource {
  const byEntityId = new Map<string, Partner>();
  for (const partner of partners) {
    if (byEntityId.has(partner.entityId)) {
      throw new GatehouseError('ERR_SAML_METADATA', 'two partners have one entityID', {
        facts: { partner: partner.entityId },
      });
    }
    byEntityId.set(partner.entityId, partner);
  }
  return { find: async (entityId) => byEntityId.get(entityId), listed: () => partners };
}
