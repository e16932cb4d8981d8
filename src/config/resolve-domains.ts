/** @module Security realms, security domains and audit providers of the checked document, made into what the rest of the house reads. */

import { resolveCache } from './auth-cache.ts';
import type {
  AuditConfiguration,
  DomainConfiguration,
  LockOutConfiguration,
  LoginModuleConfiguration,
  RawOptions,
  RealmConfiguration,
} from './configuration.ts';
import type { Path } from './problem.ts';
import { known, optional, type ResolveContext } from './resolve-context.ts';
import { resolveAuthorization, resolveMapping } from './resolve-mapping.ts';
import { resolveJaspi, type StackDocument } from './resolve-mechanisms.ts';
import type { ConfigurationDocument } from './schema.ts';

type AuditDocument = ConfigurationDocument['audit'];
type DomainDocument = ConfigurationDocument['security-domains'][string];

export function resolveAudit(
  entries: AuditDocument,
  path: Path,
  { catalog, place }: ResolveContext,
): readonly AuditConfiguration[] {
  return entries.map(({ code, options = {}, ...settings }, index) => ({
    code: known<{ readonly code: string }>(catalog.auditProviders.find(code), { code }).code,
    onFailure: settings['on-failure'],
    deadlineMs: settings['deadline-ms'],
    options,
    place: place([...path, index]),
  }));
}

/** What a domain takes from the rest of the file where it says nothing itself. */
export interface DomainDefaults {
  readonly audit: readonly AuditConfiguration[];
  readonly moduleDeadlineMs: number;
}

export function resolveDomain(
  name: string,
  domain: DomainDocument,
  defaults: DomainDefaults,
  context: ResolveContext,
): DomainConfiguration {
  const path = ['security-domains', name];
  const stackOf = (stack: StackDocument, at: Path) => resolveStack(stack, at, defaults, context);
  const written = domain['authentication-jaspi'];
  const jaspi = written && resolveJaspi(written, [...path, 'authentication-jaspi'], stackOf, context);
  return {
    name,
    ...(jaspi === undefined
      ? { authentication: stackOf(domain.authentication ?? [], [...path, 'authentication']) }
      : { authentication: jaspi.stacks[0]?.modules ?? [], jaspi }),
    mapping: resolveMapping(domain.mapping ?? [], [...path, 'mapping'], context),
    authorization: resolveAuthorization(domain.authorization, [...path, 'authorization'], context),
    ...optional('lockOut', lockOutOf(domain['lock-out'])),
    ...optional('cache', resolveCache(domain)),
    audit: domain.audit === undefined ? defaults.audit : resolveAudit(domain.audit, [...path, 'audit'], context),
    place: context.place(path),
  };
}

/** A list of login modules, each under a name of its own. */
export function resolveStack(
  stack: StackDocument,
  path: Path,
  defaults: Pick<DomainDefaults, 'moduleDeadlineMs'>,
  { catalog, place }: ResolveContext,
): readonly LoginModuleConfiguration[] {
  const taken = new Set(stack.flatMap((module) => module.name ?? []));
  return stack.map((module, index) => {
    const { code } = known<{ readonly code: string }>(catalog.loginModules.find(module.code), module);
    const name = module.name ?? freeName(code, taken);
    taken.add(name);
    const options: RawOptions = module['module-options'] ?? {};
    const deadlineMs = module['deadline-ms'] ?? defaults.moduleDeadlineMs;
    return { code, name, flag: module.flag, options, deadlineMs, place: place([...path, index]) };
  });
}

function lockOutOf(written: DomainDocument['lock-out']): LockOutConfiguration | undefined {
  return (
    written && {
      attempts: written.attempts,
      perAddressAttempts: written['per-address-attempts'],
      windowMs: written['window-seconds'] * 1000,
      lockMs: written['lock-seconds'] * 1000,
    }
  );
}

/** `RealmDirect`, `RealmDirect-2` …, passing over names that are written. */
function freeName(code: string, taken: ReadonlySet<string>): string {
  let name = code;
  for (let number = 2; taken.has(name); number += 1) {
    name = `${code}-${number}`;
  }
  return name;
}

/** An empty list where the schema's rule of exactly one source does not hold: it never passes the schema. */
export function resolveRealm(
  name: string,
  realm: ConfigurationDocument['security-realms'][string],
  { place }: ResolveContext,
): readonly RealmConfiguration[] {
  const path = ['security-realms', name];
  const groups = realm.authorization?.properties;
  return realm.authentication.map(({ properties }) => ({
    name,
    authentication: {
      kind: 'properties',
      path: properties.path,
      plainText: properties['plain-text'],
      place: place([...path, 'authentication', 0]),
    },
    ...optional(
      'authorization',
      groups && { kind: 'properties' as const, path: groups.path, place: place([...path, 'authorization']) },
    ),
    mapGroupsToRoles: realm.authorization?.['map-groups-to-roles'] ?? true,
    place: place(path),
  }));
}
