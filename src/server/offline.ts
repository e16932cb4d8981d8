/** @module The domains and applications of a home without a server: no listener, no audit record, nothing written. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Catalog } from '../catalog.ts';
import type { ApplicationConfiguration, Configuration } from '../config/configuration.ts';
import { decideAccess } from '../engine/access.ts';
import { createAuditTrail } from '../engine/audit-trail.ts';
import { createPathConstraints } from '../engine/authorization.ts';
import type { AuthorizationResult } from '../engine/authorization-stack.ts';
import { faultWord } from '../engine/fault.ts';
import { createRehearsal, type Rehearsal } from '../engine/rehearsal.ts';
import type { AuthorizationRequest } from '../spi/authorization.ts';
import type { ChangeFile } from '../spi/change-file.ts';
import type { Clock } from '../spi/clock.ts';
import type { MappingStep } from '../spi/decision-trace.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import { type AfterLogin, buildAfterLogin } from './authorization.ts';
import { type Closers, closedOnFailure } from './closers.ts';
import { domainOptions } from './domains.ts';
import type { Stores } from './module-services.ts';
import { openOfflineStores } from './offline-stores.ts';
import { otherDomains } from './other-domains.ts';
import { buildRealms } from './realms.ts';

export interface LoadedHome {
  readonly configuration: Configuration;
  readonly revision: string;
  readonly catalog: Catalog;
}

export interface OfflineOptions {
  /** Told what a start would warn of. */
  readonly logger: Logger;
  /** The instant at which everything is decided; now where it is left out. */
  readonly at?: number | undefined;
}

export interface Offline {
  /** @throws ERR_NOT_FOUND */
  domain(name: string): Promise<Rehearsal>;
  /** @throws ERR_NOT_FOUND */
  application(name: string): ApplicationConfiguration;
  /** What the application would say to a request of somebody whose login gave these roles; `undefined` roles: nobody. */
  authorize(request: AuthorizationRequest): Promise<OfflineAccess>;
  close(): Promise<void>;
}

/** The answer, and how the roles of this one application came about. */
export type OfflineAccess = AuthorizationResult & { readonly mapping: readonly MappingStep[] };

/** A module that writes in a dry run has a bug, and it shows as one. */
const changeNothing: ChangeFile = async () => {
  throw new TypeError('a rehearsal changes no file');
};

/** Domains are built at their first use: a directory of another domain that is down is nobody's business here. */
export async function openOffline(home: HomeFolder, loaded: LoadedHome, options: OfflineOptions): Promise<Offline> {
  return closedOnFailure((closers) => open(home, loaded, options, closers));
}

async function open(
  home: HomeFolder,
  { configuration, revision, catalog }: LoadedHome,
  { logger, at }: OfflineOptions,
  closers: Closers,
): Promise<Offline> {
  const clock: Clock = at === undefined ? systemClock : { now: () => at, timer: systemClock.timer };
  const opened = await openOfflineStores({ home, configuration, logger, closers, clock });
  const shared = { ...opened.stores, changeFile: changeNothing };
  const parts = { configuration, revision, catalog, ...opened, stores: shared };
  const stores: Stores = {
    ...shared,
    realms: await buildRealms(configuration.securityRealms, parts),
    securityDomain: otherDomains(configuration.securityDomains, (name) => domainOf(name)),
  };
  const { random } = opened;
  const audit = createAuditTrail({ providers: [], node: configuration.node, clock, random });
  const domains = new Map<string, Promise<Rehearsal>>();
  const afterLogins = new Map<string, Promise<AfterLogin>>();

  async function afterLogin(name: string): Promise<AfterLogin> {
    const configured = named(configuration.securityDomains, name, 'security domain');
    const after =
      afterLogins.get(name) ?? buildAfterLogin(configured, { ...parts, stores, record: audit.record, dryRun: true });
    afterLogins.set(name, after);
    return after;
  }

  async function buildDomain(name: string): Promise<Rehearsal> {
    const configured = named(configuration.securityDomains, name, 'security domain');
    const { mappers } = await afterLogin(name);
    const rehearsal = createRehearsal({ ...(await domainOptions(configured, stores, audit, parts)), mappers });
    return closers.add(rehearsal, (domain) => domain.close());
  }

  const application = (name: string) => named(configuration.applications, name, 'application');

  async function domainOf(name: string): Promise<Rehearsal> {
    const domain = domains.get(name) ?? buildDomain(name);
    domains.set(name, domain);
    return domain;
  }

  return {
    domain: domainOf,
    application,
    async authorize(request) {
      const { constraints, securityDomain } = application(request.application);
      const { authorization: stack } = await afterLogin(securityDomain);
      const { principal, roles } = request;
      const mapped =
        principal === undefined || roles === undefined
          ? ({ status: 'mapped', roles, steps: [] } as const)
          : await stack.rolesIn(request.application, principal, roles);
      const { steps: mapping } = mapped;
      if (mapped.status === 'fault') {
        const { fault } = mapped;
        return { decision: 'deny', reason: faultWord(fault), steps: [], mapping, fault };
      }
      const access = { constraints: createPathConstraints(constraints), stack };
      return { ...(await decideAccess(access, { ...request, roles: mapped.roles })), mapping };
    },
    close: () => closers.closeAll(),
  };
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string, kind: string): T {
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = all.length === 0 ? 'none' : all.map((one) => one.name).join(', ');
  throw new GatehouseError('ERR_NOT_FOUND', `there is no such ${kind} in the configuration`, {
    facts: { name, known },
  });
}
