/** @module The identity providers of one application: found by entityID or by the hash that an artifact names, and listed for people. */
import type { PartnerEntry } from '../../metadata/partner-table.ts';
import type { KnownPartners } from '../../metadata/partners.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { sourceIdOf } from '../../wire/saml/artifact.ts';
import type { IdentityProvider } from './identity-provider.ts';

/** One entry of the configuration. */
export interface ProviderSource {
  readonly known: KnownPartners<IdentityProvider>;
  /** What is in force of a document; nothing of a server that is asked for each provider. */
  readonly entries: () => readonly PartnerEntry<IdentityProvider>[];
  /** Whether it holds more providers than are listed. */
  readonly isFederation: boolean;
}

export interface IdentityProviders {
  /** @throws ERR_SAML_UNKNOWN_PARTNER, ERR_STORE_UNAVAILABLE, ERR_OVERLOADED */
  find(entityId: string, now: number): Promise<IdentityProvider>;
  /** By the SHA-1 of its entityID (saml-bindings §3.6.4). @throws ERR_SAML_UNKNOWN_PARTNER */
  findBySource(sourceId: Uint8Array, now: number): Promise<IdentityProvider>;
  /** Those that the administrator named one by one, each once. */
  list(now: number): readonly IdentityProvider[];
  /** True when there may be others beside those that are listed. */
  readonly hasOthers: boolean;
}

export function createIdentityProviders(sources: readonly ProviderSource[]): IdentityProviders {
  const namesOf = createSourceNames();

  async function find(entityId: string, now: number): Promise<IdentityProvider> {
    let unknown: unknown;
    for (const { known } of sources) {
      try {
        return await known.find(entityId, now);
      } catch (error) {
        if (!(error instanceof GatehouseError) || error.code !== 'ERR_SAML_UNKNOWN_PARTNER') throw error;
        // Who was shut out must not come in by a later entry.
        if (error.facts['enabled'] === false) throw error;
        unknown ??= error;
      }
    }
    throw unknown ?? new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', 'no identity provider is configured');
  }

  return {
    find,
    async findBySource(sourceId, now) {
      const name = Buffer.from(sourceId).toString('hex');
      for (const { entries } of sources) {
        const entityId = namesOf(entries()).get(name);
        if (entityId !== undefined) return find(entityId, now);
      }
      throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', 'no identity provider has issued this artifact', {
        facts: { sourceId: name },
      });
    },
    list(now) {
      const first = new Map<string, IdentityProvider>();
      for (const one of sources.flatMap(({ known }) => known.list(now))) {
        if (!first.has(one.entityId)) first.set(one.entityId, one);
      }
      return [...first.values()];
    },
    hasOthers: sources.some(({ isFederation }) => isFederation),
  };
}

/** By the hash of the entityID; made once for each state of a document. */
function createSourceNames() {
  const known = new WeakMap<readonly PartnerEntry<IdentityProvider>[], ReadonlyMap<string, string>>();
  return (entries: readonly PartnerEntry<IdentityProvider>[]): ReadonlyMap<string, string> => {
    const names =
      known.get(entries) ??
      new Map(entries.map(({ entityId }) => [Buffer.from(sourceIdOf(entityId)).toString('hex'), entityId] as const));
    known.set(entries, names);
    return names;
  };
}
