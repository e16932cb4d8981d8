/** @module The one-time codes of one domain without a server: what an administrator's command changes. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { Catalog } from '../catalog.ts';
import type { Configuration } from '../config/configuration.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { OneTimeCodes } from '../spi/one-time-codes.ts';
import { administrationTrail } from './administration-trail.ts';
import { type Closers, closedOnFailure } from './closers.ts';
import { buildModules, stacksOf } from './domains.ts';
import { openOfflineStores } from './offline-stores.ts';
import { nobodySignsIn, otherDomains } from './other-domains.ts';
import { buildRealms } from './realms.ts';

export interface OpenOneTimeCodes {
  readonly oneTimeCodes: OneTimeCodes;
  close(): Promise<void>;
}

export interface OneTimeCodesParts {
  readonly configuration: Configuration;
  readonly catalog: Catalog;
  /** Told what a start would warn of. */
  readonly logger: Logger;
}

/** @throws ERR_NOT_FOUND when there is no such domain, or it has no one-time codes */
export async function openOneTimeCodes(
  home: HomeFolder,
  domain: string,
  parts: OneTimeCodesParts,
): Promise<OpenOneTimeCodes> {
  return closedOnFailure(async (closers) => ({
    oneTimeCodes: await open(home, domain, parts, closers),
    close: () => closers.closeAll(),
  }));
}

async function open(
  home: HomeFolder,
  name: string,
  { configuration, catalog, logger }: OneTimeCodesParts,
  closers: Closers,
): Promise<OneTimeCodes> {
  const domain = configuration.securityDomains.find((one) => one.name === name);
  if (domain === undefined) throw notFound('there is no such security domain', name, configuration);
  const parts = { catalog, ...(await openOfflineStores({ home, configuration, logger, closers })) };
  const stores = {
    ...parts.stores,
    realms: await buildRealms(configuration.securityRealms, parts),
    securityDomain: otherDomains(configuration.securityDomains, nobodySignsIn),
  };
  const record = administrationTrail(home, { configuration, catalog, logger }, closers);
  for (const { modules } of stacksOf(domain)) {
    const built = await buildModules(name, modules, stores, { ...parts, record });
    for (const { module } of built) closers.add(module, (made) => made.close?.());
    const codes = built.find(({ module }) => module.oneTimeCodes !== undefined)?.module.oneTimeCodes;
    if (codes !== undefined) return codes;
  }
  throw notFound('the security domain has no login module with one-time codes (Totp)', name, configuration);
}

function notFound(message: string, name: string, { securityDomains }: Configuration): GatehouseError {
  const known = securityDomains.map((domain) => domain.name).join(', ');
  return new GatehouseError('ERR_NOT_FOUND', message, { facts: { name, known } });
}
