/** @module Builds security domains out of the configuration and the catalogue. */
import type { Metrics } from '../adapters/metrics.ts';
import { systemTimers } from '../adapters/system-clock.ts';
import type { WatchedFiles } from '../adapters/watched-files.ts';
import type { Catalog } from '../catalog.ts';
import type {
  Configuration,
  DomainConfiguration,
  JaspiConfiguration,
  LoginModuleConfiguration,
} from '../config/configuration.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import type { AuthorizationStack } from '../engine/authorization-stack.ts';
import { createSecurityDomain, type SecurityDomainOptions, type StackModule } from '../engine/security-domain.ts';
import type { AuditServices } from '../spi/audit.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import type { SecurityDomain } from '../spi/security-domain.ts';
import { createTrails } from './audit-trails.ts';
import { buildAfterLogin } from './authorization.ts';
import { found } from './catalog-answers.ts';
import { type Closers, closedOnFailure } from './closers.ts';
import { moduleServices, type NamedStores, type ServiceParts, type Stores } from './module-services.ts';
import { type AskedDomain, otherDomains } from './other-domains.ts';
import { madeFrom } from './placed.ts';
import { buildRealms } from './realms.ts';

export interface DomainParts {
  readonly configuration: Configuration;
  readonly catalog: Catalog;
  readonly revision: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: WatchedFiles;
  readonly logger: Logger;
  readonly auditServices: AuditServices;
  /** Told everything, beside the providers that are configured. Whoever has made them closes them. */
  readonly metrics: Pick<Metrics, 'provider' | 'meter'>;
  readonly stores: NamedStores;
  readonly closers: Closers;
}

export interface Domains {
  /** By name. With `authentication-jaspi` the first of the domain's stacks. */
  readonly domains: ReadonlyMap<string, SecurityDomain>;
  /** The stacks of each domain by their names. */
  readonly stacks: ReadonlyMap<string, ReadonlyMap<string, SecurityDomain>>;
  /** By domain, as `domains`. */
  readonly authorization: ReadonlyMap<string, AuthorizationStack>;
  /** Of the server itself: sessions, SAML messages, refused requests. */
  readonly audit: AuditTrail;
}

export async function buildDomains(parts: DomainParts): Promise<Domains> {
  const trails = createTrails(parts);
  const audit = await trails(parts.configuration.audit);
  const domains = new Map<string, SecurityDomain>();
  const stores: Stores = {
    ...parts.stores,
    realms: await buildRealms(parts.configuration.securityRealms, parts),
    securityDomain: otherDomains(parts.configuration.securityDomains, async (name) => askedDomain(domains, name)),
  };
  const stacks = new Map<string, ReadonlyMap<string, SecurityDomain>>();
  const authorization = new Map<string, AuthorizationStack>();
  for (const domain of parts.configuration.securityDomains) {
    const trail = await trails(domain.audit);
    const after = await buildAfterLogin(domain, { ...parts, stores, record: trail.record });
    authorization.set(domain.name, after.authorization);
    const built = new Map<string, SecurityDomain>();
    for (const { name, modules } of stacksOf(domain)) {
      const shared = { stores, audit: trail, mappers: after.mappers };
      built.set(name, await buildDomain(domain, modules, shared, parts));
    }
    stacks.set(domain.name, built);
    const [first] = built.values();
    if (first !== undefined) domains.set(domain.name, first);
  }
  return { domains, stacks, authorization, audit };
}

/** The stacks of login modules of a domain: several with `authentication-jaspi`, else one of the domain's own name. */
export function stacksOf(domain: DomainConfiguration): JaspiConfiguration['stacks'] {
  return domain.jaspi?.stacks ?? [{ name: domain.name, modules: domain.authentication }];
}

/** Before all domains are built nobody signs in. What is assumed belongs to rehearsals: a domain refuses it. */
function askedDomain(domains: ReadonlyMap<string, SecurityDomain>, name: string): AskedDomain {
  const domain = domains.get(name);
  if (domain === undefined) throw new TypeError('a security domain was asked before it was built');
  const { kerberos } = domain;
  return {
    ...(kerberos === undefined ? {} : { kerberos }),
    async login(evidence, request) {
      if (evidence.kind === 'assumed') throw new TypeError('assumed evidence outside of a rehearsal');
      return domain.login(evidence, request);
    },
  };
}

async function buildDomain(
  domain: DomainConfiguration,
  stack: readonly LoginModuleConfiguration[],
  shared: { readonly stores: Stores; readonly audit: AuditTrail } & Pick<SecurityDomainOptions, 'mappers'>,
  parts: DomainParts,
): Promise<SecurityDomain> {
  const { stores, audit, mappers } = shared;
  // Last of what can fail: from here on the domain closes its modules.
  const options = await domainOptions(domain, stores, audit, parts, stack);
  const built = createSecurityDomain(mappers === undefined ? options : { ...options, mappers });
  // Whichever file it was: what was decided from any of them is decided again. Files change seldom.
  parts.files.follow(() => void built.cache?.flush());
  return parts.closers.add(built, (open) => open.close());
}

/** What a domain is made of except its mappers, for a server and for a rehearsal alike. */
export async function domainOptions(
  domain: DomainConfiguration,
  stores: Stores,
  audit: AuditTrail,
  parts: PlugInParts & Pick<DomainParts, 'configuration' | 'revision' | 'random'>,
  stack: readonly LoginModuleConfiguration[] = domain.authentication,
): Promise<SecurityDomainOptions> {
  return {
    name: domain.name,
    modules: await buildModules(domain.name, stack, stores, { ...parts, record: audit.record }),
    audit,
    clock: parts.clock,
    random: parts.random,
    timers: systemTimers,
    configRevision: parts.revision,
    defaultDeadlineMs: parts.configuration.login.moduleDeadlineMs,
    namesAnonymous: stack.some(({ options }) => options['unauthenticatedIdentity'] !== undefined),
    ...(domain.lockOut === undefined ? {} : { lockOut: { rule: domain.lockOut, ephemeral: stores.ephemeral } }),
    ...(domain.cache === undefined ? {} : { cache: { rule: domain.cache, logger: parts.logger } }),
  };
}

/** What login modules need; some commands build them without domains. */
export type PlugInParts = Pick<DomainParts, 'clock' | 'random' | 'catalog' | 'files' | 'logger' | 'closers' | 'stores'>;

/** Whoever calls closes the modules; when one cannot be made, those before it are closed here. */
export async function buildModules(
  domain: string,
  stack: readonly LoginModuleConfiguration[],
  stores: Stores,
  parts: PlugInParts & Pick<ServiceParts, 'record'>,
): Promise<readonly StackModule[]> {
  const services = moduleServices(domain, {
    stores,
    clock: parts.clock,
    random: parts.random,
    logger: parts.logger,
    watchFile: parts.files.watchFile,
    record: parts.record,
  });
  return closedOnFailure(async (closers) => {
    const modules: StackModule[] = [];
    for (const configured of stack) {
      const factory = found(parts.catalog.loginModules.find(configured.code), configured.code);
      const made = await madeFrom(configured.place, () => factory.create(configured.options, services));
      modules.push({
        name: configured.name,
        code: factory.code,
        flag: configured.flag,
        module: closers.add(made, (open) => open.close?.()),
        stacking: String(configured.options['password-stacking']).toLowerCase() === 'usefirstpass',
        deadlineMs: configured.deadlineMs,
        place: configured.place,
      });
    }
    return modules;
  });
}
