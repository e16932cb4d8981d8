/** @module Builds realms, audit trails and security domains out of the configuration and the catalogue. */
import { systemTimers } from '../adapters/system-clock.ts';
import type { WatchedFiles } from '../adapters/watched-files.ts';
import * as catalog from '../catalog.ts';
import type {
  AuditConfiguration,
  Configuration,
  DomainConfiguration,
  RealmConfiguration,
} from '../config/configuration.ts';
import { type AuditTrail, createAuditTrail } from '../engine/audit-trail.ts';
import { createSecurityDomain, type StackModule } from '../engine/security-domain.ts';
import type { AuditProvider, AuditServices } from '../spi/audit.ts';
import type { Clock, Random } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { LoginModuleFactory } from '../spi/login-module.ts';
import type { SecurityDomain } from '../spi/security-domain.ts';
import type { SecurityRealm } from '../spi/security-realm.ts';
import type { Closers } from './closers.ts';
import { moduleServices, type ServiceParts, type Stores } from './module-services.ts';

export interface DomainParts {
  readonly configuration: Configuration;
  /** Login modules that are not in the catalogue, by the codes that they have themselves. */
  readonly customModules: readonly LoginModuleFactory[];
  readonly revision: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: WatchedFiles;
  readonly logger: Logger;
  readonly auditServices: AuditServices;
  /** Told everything, beside the providers that are configured. */
  readonly metrics: AuditProvider;
  readonly stores: Omit<Stores, 'realms'>;
  readonly closers: Closers;
}

export interface Domains {
  readonly domains: ReadonlyMap<string, SecurityDomain>;
  /** Of the server itself: sessions, SAML messages, refused requests. */
  readonly audit: AuditTrail;
}

export async function buildDomains(parts: DomainParts): Promise<Domains> {
  const trails = createTrails(parts);
  const audit = await trails(parts.configuration.audit);
  const realms = new Map<string, SecurityRealm>();
  for (const realm of parts.configuration.securityRealms) realms.set(realm.name, await buildRealm(realm, parts));
  const stores: Stores = { ...parts.stores, realms };
  const domains = new Map<string, SecurityDomain>();
  for (const domain of parts.configuration.securityDomains) {
    const trail = await trails(domain.audit);
    const modules = await buildModules(domain, stores, { ...parts, record: trail.record });
    const built = createSecurityDomain({
      name: domain.name,
      modules,
      audit: trail,
      clock: parts.clock,
      random: parts.random,
      timers: systemTimers,
      configRevision: parts.revision,
      defaultDeadlineMs: parts.configuration.login.moduleDeadlineMs,
      ...(domain.lockOut === undefined ? {} : { lockOut: { rule: domain.lockOut, ephemeral: stores.ephemeral } }),
    });
    domains.set(
      domain.name,
      parts.closers.add(built, (open) => open.close()),
    );
  }
  return { domains, audit };
}

/** One trail for one list of providers, so that domains without a list of their own share the server's. */
function createTrails(parts: DomainParts): (providers: readonly AuditConfiguration[]) => Promise<AuditTrail> {
  const built = new Map<readonly AuditConfiguration[], AuditTrail>();
  return async (configured) => {
    const known = built.get(configured);
    if (known !== undefined) return known;
    const providers: AuditProvider[] = [parts.metrics];
    for (const { code, options } of configured) {
      const factory = found(catalog.auditProvider(code), code);
      providers.push(await factory.create(options, parts.auditServices));
    }
    const trail = createAuditTrail({
      providers,
      node: parts.configuration.node,
      clock: parts.clock,
      random: parts.random,
    });
    built.set(
      configured,
      parts.closers.add(trail, (open) => open.close()),
    );
    return trail;
  };
}

/** What realms and modules need; `users report` builds them without domains. */
export type PlugInParts = Pick<
  DomainParts,
  'clock' | 'random' | 'customModules' | 'files' | 'logger' | 'closers' | 'stores'
>;

export async function buildRealm(realm: RealmConfiguration, parts: PlugInParts): Promise<SecurityRealm> {
  const factory = found(catalog.securityRealm(realm.authentication.kind), realm.authentication.kind);
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

export async function buildModules(
  domain: DomainConfiguration,
  stores: Stores,
  parts: PlugInParts & Pick<ServiceParts, 'record'>,
): Promise<readonly StackModule[]> {
  const services = moduleServices(domain.name, {
    stores,
    clock: parts.clock,
    random: parts.random,
    logger: parts.logger,
    watchFile: parts.files.watchFile,
    record: parts.record,
  });
  const modules: StackModule[] = [];
  for (const configured of domain.authentication) {
    const custom = parts.customModules.find(({ code }) => code === configured.code);
    const factory = found(catalog.loginModule(configured.code) ?? custom, configured.code);
    modules.push({
      name: configured.name,
      code: factory.code,
      flag: configured.flag,
      module: await factory.create(configured.options, services),
      stacking: String(configured.options['password-stacking']).toLowerCase() === 'usefirstpass',
      deadlineMs: configured.deadlineMs,
      place: configured.place,
    });
  }
  return modules;
}

/** The configuration has been checked against this very catalogue. */
function found<T>(answer: T | 'later' | undefined, name: string): T {
  if (answer === undefined || answer === 'later') {
    throw new GatehouseError('ERR_NOT_IN_THIS_VERSION', 'not in this version', { facts: { name } });
  }
  return answer;
}
