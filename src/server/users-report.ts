/** @module Asks every store that can list its users how their passwords are kept. Opens no port. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { Catalog } from '../catalog.ts';
import type { Configuration } from '../config/configuration.ts';
import { type GatehouseError, isUnavailable } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { LoginModule } from '../spi/login-module.ts';
import type { PasswordReport } from '../spi/passwords.ts';
import { createClosers } from './closers.ts';
import { buildModules, stacksOf } from './domains.ts';
import { openOfflineStores } from './offline-stores.ts';
import { nobodySignsIn, otherDomains } from './other-domains.ts';
import { buildRealms } from './realms.ts';

/** A store is given as long as a person waits. */
const patienceMs = 30_000;

export interface UsersReport {
  /** Each store once, in the order of the configuration: realms, then domains. */
  readonly stores: readonly PasswordReport[];
  /** Realms and modules whose store could not be asked. */
  readonly failures: readonly { readonly place: string; readonly code: string; readonly message: string }[];
}

export interface ReportedConfiguration {
  readonly configuration: Configuration;
  readonly catalog: Catalog;
}

interface Source {
  readonly place: string;
  report(signal: AbortSignal): Promise<readonly PasswordReport[]>;
}

export async function reportUsers(
  home: HomeFolder,
  loaded: ReportedConfiguration,
  logger: Logger,
): Promise<UsersReport> {
  const closers = createClosers();
  try {
    const sources = await openSources(home, loaded, logger, closers);
    const stores = new Map<string, PasswordReport>();
    const failures: UsersReport['failures'][number][] = [];
    for (const { place, report } of sources) {
      try {
        for (const one of await report(AbortSignal.timeout(patienceMs))) stores.set(JSON.stringify(one), one);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        failures.push(failureOf(place, error));
      }
    }
    return { stores: [...stores.values()], failures };
  } finally {
    await closers.closeAll();
  }
}

/** Nobody signs in while users are counted. */
async function nothingHappens(): Promise<void> {
  throw new TypeError('a report is no login: there is nothing to record');
}

function failureOf(place: string, { code, message }: GatehouseError): UsersReport['failures'][number] {
  return { place, code, message };
}

async function openSources(
  home: HomeFolder,
  { configuration, catalog }: ReportedConfiguration,
  logger: Logger,
  closers: ReturnType<typeof createClosers>,
): Promise<readonly Source[]> {
  const parts = { catalog, ...(await openOfflineStores({ home, configuration, logger, closers })) };
  const realms = await buildRealms(configuration.securityRealms, parts);
  const sources: Source[] = [...realms].flatMap(([name, realm]) => sourceOf(`realm ${name}`, realm));
  const services = { ...parts, record: nothingHappens };
  const securityDomain = otherDomains(configuration.securityDomains, nobodySignsIn);
  for (const domain of configuration.securityDomains) {
    for (const stack of stacksOf(domain)) {
      for (const { name, module } of await buildModules(
        domain.name,
        stack.modules,
        { ...parts.stores, realms, securityDomain },
        services,
      )) {
        closers.add(module, (open) => open.close?.());
        sources.push(...sourceOf(`${domain.name}: ${name}`, module));
      }
    }
  }
  return sources;
}

/** Nothing where it cannot list its users. */
function sourceOf(place: string, store: Pick<LoginModule, 'passwordReport'>): readonly Source[] {
  if (store.passwordReport === undefined) return [];
  return [{ place, report: async (signal) => (await store.passwordReport?.(signal)) ?? [] }];
}
