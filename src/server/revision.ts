/** @module What one text of the configuration makes: its stores, realms, domains, and the entrances that lead into them. */
import { seenAtOnce } from '../adapters/file-changer.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { OpenTruststore } from '../adapters/pki/truststore.ts';
import { createWatchedFiles } from '../adapters/watched-files.ts';
import type { MechanismStack } from '../engine/mechanism-stack.ts';
import { buildDomains, type DomainParts, type Domains } from './domains.ts';
import { buildEntrances } from './entrances.ts';
import { buildConfiguredStores, type LastingStores } from './stores.ts';

export interface RevisionParts extends Omit<DomainParts, 'stores' | 'files'> {
  readonly home: HomeFolder;
  /** False: each file is read once. */
  readonly watch: boolean;
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
  const { configuration, home, clock, random, logger, lasting, closers } = parts;
  // Its own: what an earlier configuration has named is not looked at any more.
  const watched = createWatchedFiles({ folder: home.resolve('configuration'), logger, automatic: parts.watch });
  const files = closers.add(watched, (open) => open.close());
  const configured = await buildConfiguredStores({ ...parts, files, ephemeral: lasting.ephemeral });
  const stores = { ...lasting, ...configured, changeFile: seenAtOnce(lasting.changeFile, files) };
  const built = await buildDomains({ ...parts, files, stores });
  const services = { clock, random, logger, ephemeral: lasting.ephemeral };
  return {
    ...built,
    truststores: configured.truststores,
    entrances: await buildEntrances(configuration, { ...built, catalog: parts.catalog }, services, closers),
  };
}
