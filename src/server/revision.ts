/** @module What one text of the configuration makes: its stores, realms, domains, and the entrances that lead into them. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { OpenTruststore } from '../adapters/pki/truststore.ts';
import type { MechanismStack } from '../engine/mechanism-stack.ts';
import { buildDomains, type DomainParts, type Domains } from './domains.ts';
import { buildEntrances } from './entrances.ts';
import { buildConfiguredStores, type LastingStores } from './stores.ts';

export interface RevisionParts extends Omit<DomainParts, 'stores'> {
  readonly home: HomeFolder;
  /** Everything that is made of the configuration is closed by `closers`; these are not. */
  readonly lasting: LastingStores;
}

export interface Revision extends Domains {
  readonly truststores: ReadonlyMap<string, OpenTruststore>;
  /** By the names that parked requests carry. */
  readonly entrances: ReadonlyMap<string, MechanismStack>;
}

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when something that is named in it cannot be used */
export async function buildRevision(parts: RevisionParts): Promise<Revision> {
  const { configuration, clock, random, logger, lasting } = parts;
  const configured = await buildConfiguredStores(parts);
  const built = await buildDomains({ ...parts, stores: { ...lasting, ...configured } });
  const services = { clock, random, logger, ephemeral: lasting.ephemeral };
  return {
    ...built,
    truststores: configured.truststores,
    entrances: buildEntrances(configuration, built, services),
  };
}
