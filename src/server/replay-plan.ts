/** @module Two configurations compared, domain by domain: whose recorded answers still hold, and in words what has changed. */
import { builtInLoginModules } from '../catalog.ts';
import type { Configuration, DomainConfiguration, LoginModuleConfiguration } from '../config/configuration.ts';
import type { ReplayDomain, ReplayModule } from '../engine/replay-domain.ts';

/** The built-in that looks at what others have contributed. Modules of somebody's own may. */
const readers: readonly string[] = ['RoleMapping'];

/**
 * The domain of that name in `after`; `undefined` where there is none. `before`: the configuration that decided then,
 * `undefined` where it is not at hand.
 */
export function planReplay(
  name: string,
  before: Configuration | undefined,
  after: Configuration,
): ReplayDomain | undefined {
  const domain = after.securityDomains.find((one) => one.name === name);
  if (domain === undefined) return undefined;
  const old = before?.securityDomains.find((one) => one.name === name);
  const stores = before === undefined ? new Set<string>() : changedStores(before, after);
  const modules = domain.authentication.map((module) => replayModule(module, old, stores));
  const lockOutChanged = !alike(old?.lockOut, domain.lockOut);
  const rest = restOf(domain);
  const mappingChanged = old === undefined || !alike(restOf(old), rest);
  const opaque = old === undefined ? undefined : mechanismChange(old, domain, stores);
  return {
    modules,
    stacking: new Set([...(old?.authentication ?? []), ...domain.authentication].filter(stacks).map((one) => one.name)),
    lockOutChanged,
    mappingChanged,
    maps: Object.keys(rest).length > 0,
    ...(opaque === undefined ? {} : { opaque }),
    changes:
      old === undefined
        ? ['the configuration that decided then is not at hand']
        : [...(opaque === undefined ? [] : [opaque]), ...differences(old, domain, modules)],
  };
}

/** A trace does not tell which stack of which mechanism each module stands in: any difference makes the whole unknown. */
function mechanismChange(
  old: DomainConfiguration,
  { jaspi }: DomainConfiguration,
  stores: ReadonlySet<string>,
): string | undefined {
  if (!alike(old.jaspi, jaspi)) return 'the mechanisms under flags, or their stacks, have changed';
  const modules = (jaspi?.stacks ?? []).flatMap((stack) => stack.modules);
  const store = [...stores].find((name) => modules.some((module) => dependsOn(module, name)));
  return store === undefined ? undefined : `${store}, which a stack of the mechanisms asks, has changed`;
}

function replayModule(
  module: LoginModuleConfiguration,
  old: DomainConfiguration | undefined,
  stores: ReadonlySet<string>,
): ReplayModule {
  const was = old?.authentication.find(({ name, code }) => name === module.name && code === module.code);
  const store = [...stores].find((name) => dependsOn(module, name));
  const changed =
    old === undefined
      ? 'the configuration of then is not at hand'
      : was === undefined
        ? 'it is new'
        : !alike(was.options, module.options)
          ? 'its options have changed'
          : store === undefined
            ? undefined
            : `${store}, which it asks, has changed`;
  const { name, code, flag } = module;
  const readsOthers = readers.includes(code) || !builtInLoginModules.includes(code);
  return { name, code, flag, stacking: stacks(module), readsOthers, ...(changed === undefined ? {} : { changed }) };
}

function differences(
  old: DomainConfiguration,
  domain: DomainConfiguration,
  modules: readonly ReplayModule[],
): readonly string[] {
  const names = (one: DomainConfiguration) => one.authentication.map(({ name }) => name);
  const gone = names(old).filter((name) => !names(domain).includes(name));
  const kept = names(old).filter((name) => names(domain).includes(name));
  const order = alike(
    kept,
    names(domain).filter((name) => kept.includes(name)),
  )
    ? []
    : ['the order has changed'];
  const flags = old.authentication.flatMap(({ name, flag }) => {
    const now = domain.authentication.find((one) => one.name === name)?.flag;
    return now === undefined || now === flag ? [] : [`${name} is ${now} instead of ${flag}`];
  });
  return [
    ...gone.map((name) => `${name} is gone`),
    ...modules.flatMap(({ name, changed }) => (changed === undefined ? [] : [`${name}: ${changed}`])),
    ...flags,
    ...order,
    ...(alike(restOf(old), restOf(domain)) ? [] : ['the mapping has changed']),
    ...(alike(old.lockOut, domain.lockOut) ? [] : ['the lock-out has changed']),
  ];
}

/** What a domain does to a login beside its stack. Where it is recorded and how long it is remembered changes no decision. */
function restOf(domain: DomainConfiguration): Readonly<Record<string, unknown>> {
  const aside = [
    'name',
    'authentication',
    'lockOut',
    'cache',
    'audit',
    'place',
    'authorization',
    'mechanisms',
    'jaspi',
  ];
  return Object.fromEntries(
    Object.entries(domain).filter(([key, value]) => !aside.includes(key) && !alike(value, []) && value !== undefined),
  );
}

/** Names of realms, datasources and truststores that are not what they were. */
function changedStores(before: Configuration, after: Configuration): ReadonlySet<string> {
  const sections = [
    [before.securityRealms, after.securityRealms],
    [before.datasources, after.datasources],
    [before.truststores, after.truststores],
  ] as const;
  const changed = new Set<string>();
  for (const [old, now] of sections) {
    const all: readonly Store[] = [...old, ...now];
    for (const store of all) {
      const same = alike(
        old.find(({ name }) => name === store.name),
        now.find(({ name }) => name === store.name),
      );
      if (!same) for (const name of [store.name, store.jndiName ?? store.name]) changed.add(name);
    }
  }
  return changed;
}

interface Store {
  readonly name: string;
  readonly jndiName?: string | undefined;
}

/** By an option that names the store, or by JBoss's default names for realms and truststores. */
function dependsOn({ options }: LoginModuleConfiguration, store: string): boolean {
  const defaults = ['ApplicationRealm', 'other'];
  return defaults.includes(store) || Object.values(options).some((value) => String(value).endsWith(store));
}

function stacks({ options }: LoginModuleConfiguration): boolean {
  return String(options['password-stacking']).toLowerCase() === 'usefirstpass';
}

/** Where a thing is written does not matter. */
function alike(one: unknown, other: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (key, inner: unknown) => (key === 'place' ? undefined : inner));
  return text(one) === text(other);
}
