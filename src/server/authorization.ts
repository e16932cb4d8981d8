/** @module Builds what follows a domain's login modules: its mappers, and the authorization stack that applications ask. */
import { systemTimers } from '../adapters/system-clock.ts';
import type { Catalog } from '../catalog.ts';
import type { Configuration, DomainConfiguration } from '../config/configuration.ts';
import { createPathConstraints } from '../engine/authorization.ts';
import {
  type AuthorizationEntry,
  type AuthorizationStack,
  createAuthorizationStack,
} from '../engine/authorization-stack.ts';
import type { MapperEntry } from '../engine/mapping.ts';
import type { AuthorizationRequest } from '../spi/authorization.ts';
import type { WatchFile } from '../spi/watched-file.ts';
import { found } from './catalog-answers.ts';
import type { Closers } from './closers.ts';
import { moduleServices, type ServiceParts } from './module-services.ts';

export interface AfterLoginParts extends Omit<ServiceParts, 'watchFile'> {
  readonly configuration: Configuration;
  readonly catalog: Pick<Catalog, 'mappers' | 'authorizationModules'>;
  readonly files: { readonly watchFile: WatchFile };
  /** Everything that is made is closed by them, also when something after it cannot be made. */
  readonly closers: Closers;
  /** True in a rehearsal. */
  readonly dryRun?: boolean;
}

export interface AfterLogin {
  /** Those that run at the login. */
  readonly mappers: readonly MapperEntry[];
  readonly authorization: AuthorizationStack;
}

export async function buildAfterLogin(domain: DomainConfiguration, parts: AfterLoginParts): Promise<AfterLogin> {
  const mappers = await buildMappers(domain, parts);
  return {
    mappers: mappers.atLogin,
    authorization: createAuthorizationStack({
      modules: await buildAuthorizationModules(domain, parts),
      applicationMappers: mappers.inApplications,
      timers: systemTimers,
      deadlineMs: parts.configuration.login.moduleDeadlineMs,
      ...(parts.dryRun === undefined ? {} : { dryRun: parts.dryRun }),
    }),
  };
}

async function buildMappers({ name, mapping }: DomainConfiguration, parts: AfterLoginParts) {
  const { applications } = parts.configuration;
  const services = {
    ...moduleServices(name, { ...parts, watchFile: parts.files.watchFile }),
    applicationRoles: (application: string, principal: string) =>
      applications.find((one) => one.name === application)?.roleMapping.get(principal),
  };
  const atLogin: MapperEntry[] = [];
  const inApplications: MapperEntry[] = [];
  for (const { code, type, options, place } of mapping) {
    const factory = found(parts.catalog.mappers.find(code), code);
    const mapper = parts.closers.add(await factory.create(type, options, services), (open) => open.close?.());
    (factory.perApplication ? inApplications : atLogin).push({ code: factory.code, mapper, place });
  }
  return { atLogin, inApplications };
}

async function buildAuthorizationModules({ name, authorization }: DomainConfiguration, parts: AfterLoginParts) {
  const { applications } = parts.configuration;
  const checks = new Map(applications.map((one) => [one.name, createPathConstraints(one.constraints)]));
  const unknown = { decision: 'deny', reason: 'no such application' } as const;
  const services = {
    ...moduleServices(name, { ...parts, watchFile: parts.files.watchFile }),
    constraints: (request: AuthorizationRequest) => checks.get(request.application)?.authorize(request) ?? unknown,
  };
  const entries: AuthorizationEntry[] = [];
  for (const { code, flag, options, place } of authorization) {
    const factory = found(parts.catalog.authorizationModules.find(code), code);
    const module = parts.closers.add(await factory.create(options, services), (open) => open.close?.());
    entries.push({ code: factory.code, flag, module, ...(place === undefined ? {} : { place }) });
  }
  return entries;
}
