/** @module Builds security realms out of the configuration and the catalogue. */
import type { WatchedFiles } from '../adapters/watched-files.ts';
import type { Catalog } from '../catalog.ts';
import type { RealmConfiguration } from '../config/configuration.ts';
import type { Clock } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import type { SecurityRealm } from '../spi/security-realm.ts';
import { found } from './catalog-answers.ts';
import type { Closers } from './closers.ts';
import type { Stores } from './module-services.ts';

export interface RealmParts {
  readonly catalog: Pick<Catalog, 'securityRealms'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly files: Pick<WatchedFiles, 'watchFile'>;
  readonly stores: Pick<Stores, 'passwords'>;
  readonly closers: Closers;
}

/** By name. @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when a file of one cannot be used */
export async function buildRealms(
  configured: readonly RealmConfiguration[],
  parts: RealmParts,
): Promise<ReadonlyMap<string, SecurityRealm>> {
  const realms = new Map<string, SecurityRealm>();
  for (const realm of configured) realms.set(realm.name, await buildRealm(realm, parts));
  return realms;
}

async function buildRealm(realm: RealmConfiguration, parts: RealmParts): Promise<SecurityRealm> {
  const factory = found(parts.catalog.securityRealms.find(realm.authentication.kind), realm.authentication.kind);
  const options = {
    users: realm.authentication.path,
    'plain-text': realm.authentication.plainText,
    'map-groups-to-roles': realm.mapGroupsToRoles,
    ...(realm.authorization === undefined ? {} : { groups: realm.authorization.path }),
  };
  const built = await factory.create(options, {
    realm: realm.name,
    clock: parts.clock,
    logger: parts.logger,
    watchFile: parts.files.watchFile,
    passwords: parts.stores.passwords,
  });
  return parts.closers.add(built, (open) => open.close?.());
}
