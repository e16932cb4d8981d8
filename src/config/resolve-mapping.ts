/** @module Mapping and authorization modules of the checked document, made into what the rest of the house reads. */
import type { AuthorizationModuleConfiguration, MapperConfiguration } from './configuration.ts';
import type { Path } from './problem.ts';
import { known, type ResolveContext } from './resolve-context.ts';
import type { ConfigurationDocument } from './schema.ts';

type DomainDocument = ConfigurationDocument['security-domains'][string];

export function resolveMapping(
  written: NonNullable<DomainDocument['mapping']>,
  path: Path,
  { catalog, place }: ResolveContext,
): readonly MapperConfiguration[] {
  return written.map(({ code, type, 'module-options': options = {} }, index) => ({
    code: known<{ readonly code: string }>(catalog.mappers.find(code), { code }).code,
    type,
    options,
    place: place([...path, index]),
  }));
}

/** What JBoss's domains `jboss-web-policy` and `jboss-ejb-policy` have, and with them whoever says nothing (jboss-facts §4.3). */
const defaultAuthorization = [{ code: 'Delegating', flag: 'required', options: {} }] as const;

export function resolveAuthorization(
  written: DomainDocument['authorization'],
  path: Path,
  { catalog, place }: ResolveContext,
): readonly AuthorizationModuleConfiguration[] {
  if (written === undefined) return defaultAuthorization;
  return written.map(({ code, flag, 'module-options': options = {} }, index) => ({
    code: known<{ readonly code: string }>(catalog.authorizationModules.find(code), { code }).code,
    flag,
    options,
    place: place([...path, index]),
  }));
}
