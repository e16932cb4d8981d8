/** @module The security domains of JBoss (jboss-facts §4.1): stacks, JBoss's silent fallbacks made explicit, and what makes a domain refuse. */
import { freeName, type ImportContext, safeName } from './context.ts';
import { domainParts } from './domain-parts.ts';
import { importJaspi, type JaspiEntry } from './jaspi.ts';
import { importLoginModule, type ModuleEntry, type Referable } from './login-modules.ts';
import { type ImportedPlugIns, importAuthorization, importMapping, type PlugInEntry } from './plug-ins.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface DomainEntry {
  readonly name: string;
  readonly comments: readonly string[];
  /** Empty where there is `jaspi`. */
  readonly authentication: readonly ModuleEntry[];
  readonly jaspi?: JaspiEntry;
  readonly mapping: readonly PlugInEntry[];
  readonly authorization: readonly PlugInEntry[];
  /** `cache-type`: logins are kept. */
  readonly isCached: boolean;
}

/** They hold the authorization that other domains fall back on; nobody signs in by them (jboss-facts §4.3). */
const policyDomains: readonly string[] = ['jboss-web-policy', 'jboss-ejb-policy'];
const fallback = 'other';
/** What `gatehouse.yaml` takes of each (`src/config/schema-domains.ts`). */
const maxDomains = 1000;
const maxModules = 32;

interface Found {
  readonly element: SourceElement;
  readonly original: string;
  readonly name: string;
  readonly stack: readonly ModuleEntry[] | undefined;
  readonly jaspi: JaspiEntry | undefined;
  /** Why nobody may get in by it. */
  readonly denied: readonly string[];
  readonly comments: readonly string[];
  readonly mapping: ImportedPlugIns;
  readonly authorization: ImportedPlugIns;
  readonly isCached: boolean;
}

/** Every domain of the subsystem; one that cannot be kept is there too, and lets nobody in. */
export function importDomains(
  subsystem: SourceElement | undefined,
  referable: Referable,
  context: ImportContext,
): readonly DomainEntry[] {
  const { ledger } = context;
  const container = childOf(subsystem, 'security-domains');
  ledger.note(container, 'kept');
  const found: Found[] = [];
  const taken = new Set<string>();
  const originals = new Set<string>();
  for (const element of childrenOf(container, 'security-domain')) {
    const original = attributeOf(element, 'name')?.value ?? '';
    if (originals.has(original) || originals.size >= maxDomains) {
      const why = originals.has(original) ? 'there is a domain of this name already' : 'there are too many domains';
      ledger.noteTree(element, 'refused', why, true);
      continue;
    }
    const name = freeName(safeName(original), (wanted) => taken.has(wanted));
    originals.add(original);
    taken.add(name);
    const one = readDomain(element, original, name, referable, context);
    if (one !== undefined) found.push(one);
  }
  const named = (name: string) => found.find(({ original }) => original === name);
  for (const [index, one] of found.entries()) found[index] = withNegotiation(one, named);
  const fallbacks = { other: named(fallback), policy: named('jboss-web-policy') };
  return found.flatMap((one) => entryOf(one, fallbacks, context));
}

function readDomain(
  element: SourceElement,
  original: string,
  name: string,
  referable: Referable,
  context: ImportContext,
): Found | undefined {
  const { ledger } = context;
  if (isTestDomain(element, original)) {
    ledger.noteTree(element, 'outside', 'a test domain that JBoss ships: nobody signs in by it');
    return undefined;
  }
  const isPolicy = policyDomains.includes(original) && childOf(element, 'authentication') === undefined;
  ledger.note(
    element,
    isPolicy ? 'approximated' : 'kept',
    isPolicy ? 'nobody signs in by it: it holds the authorization that other domains fall back on' : '',
  );
  ledger.note(
    attributeOf(element, 'name'),
    name === original ? 'kept' : 'approximated',
    name === original ? '' : `now ${name}: names have letters, digits, dots, hyphens and underscores`,
  );
  const taken = new Set<string>();
  const authentication = childOf(element, 'authentication');
  ledger.note(authentication, 'kept');
  const modules = childrenOf(authentication, 'login-module');
  const stack = modules.map((module) => importLoginModule(module, name, taken, referable, context));
  const mapping = importMapping(element, name, referable, context);
  const authorization = importAuthorization(element, name, referable, context);
  const parts = domainParts(element, context);
  const lists: readonly (readonly unknown[])[] = [stack, mapping.entries ?? [], authorization.entries ?? []];
  const tooMany = lists.some((list) => list.length > maxModules)
    ? [`it has more than ${maxModules} modules of a kind`]
    : [];
  const jaspi = importJaspi(element, name, referable, context);
  const isJaspi = jaspi !== undefined && 'stacks' in jaspi;
  const lost = jaspi === undefined || isJaspi ? [] : jaspi;
  return {
    element,
    original,
    name,
    stack: stack.length > 0 || jaspi !== undefined ? stack : undefined,
    jaspi: isJaspi ? jaspi : undefined,
    denied: [...tooMany, ...lost, ...parts.denied, ...mapping.denied, ...authorization.denied],
    comments: [...parts.comments, ...mapping.comments, ...authorization.comments],
    mapping,
    authorization,
    isCached: attributeOf(element, 'cache-type') !== undefined,
  };
}

/** What an SPNEGO module names is called as it is called here now; where it could not be kept, nobody gets in. */
function withNegotiation(one: Found, named: (name: string) => Found | undefined): Found {
  const denied: string[] = [];
  const renamed = one.stack?.map((module) => {
    if (module.code !== 'SPNEGO') return module;
    const { serverSecurityDomain: host = '', usernamePasswordDomain: passwords } = module.options;
    const holder = named(host);
    if (holder?.stack?.some(({ code }) => code === 'Kerberos') !== true) {
      denied.push(`the domain ${host}, with the keys of the service, could not be kept`);
    }
    const other = passwords === undefined ? undefined : named(passwords);
    if (passwords !== undefined && other === undefined) denied.push(`there is no domain ${passwords}`);
    const options = {
      ...module.options,
      ...(holder === undefined ? {} : { serverSecurityDomain: holder.name }),
      ...(other === undefined ? {} : { usernamePasswordDomain: other.name }),
    };
    return { ...module, options };
  });
  return renamed === undefined ? one : { ...one, stack: renamed, denied: [...one.denied, ...denied] };
}

/** `jaspitest` as shipped: its only module is JBoss's Dummy. */
function isTestDomain(element: SourceElement, name: string): boolean {
  const codes = childrenOf(childOf(element, 'authentication-jaspi'), 'login-module-stack').flatMap((stack) =>
    childrenOf(stack, 'login-module').map((module) => attributeOf(module, 'code')?.value),
  );
  return name === 'jaspitest' && codes.length > 0 && codes.every((code) => code === 'Dummy');
}

/** Where JBoss looks when a domain does not say (jboss-facts §4.3). */
interface Fallbacks {
  readonly other: Found | undefined;
  readonly policy: Found | undefined;
}

function entryOf(found: Found, { other, policy }: Fallbacks, context: ImportContext): readonly DomainEntry[] {
  const { element, name, original, denied, isCached } = found;
  const comments = [context.at(element), ...found.comments];
  const mapping = found.mapping.entries ?? other?.mapping.entries ?? [];
  const authorization = found.authorization.entries ?? policy?.authorization.entries ?? [];
  // A mapping that cannot be kept counts for whoever falls back on it, too.
  const inheritedDenials = found.mapping.entries === undefined ? (other?.mapping.denied ?? []) : [];
  const reasons = [...denied, ...inheritedDenials];
  if (policyDomains.includes(original) && found.stack === undefined) return [];
  if (reasons.length > 0) {
    for (const why of reasons) context.ledger.task(`${name} lets nobody in: ${why}`, element);
    return [refusingDomain(name, [...comments, ...reasons.map((why) => `Nobody is let in: ${why}.`)])];
  }
  const written = [
    ...(found.mapping.entries === undefined && mapping.length > 0
      ? [`It has no mapping of its own: JBoss takes that of "${fallback}", written out here.`]
      : []),
    ...(found.authorization.entries === undefined && authorization.length > 0
      ? ['It has no authorization of its own: JBoss takes that of "jboss-web-policy", written out here.']
      : []),
  ];
  const entry = { name, mapping, authorization, isCached };
  if (found.jaspi !== undefined) {
    return [{ ...entry, comments: [...comments, ...written], authentication: [], jaspi: found.jaspi }];
  }
  if (found.stack !== undefined && found.stack.length > 0) {
    return [{ ...entry, comments: [...comments, ...written], authentication: found.stack }];
  }
  const inherited = other === found || other?.denied.length !== 0 ? undefined : other.stack;
  if (found.stack !== undefined || inherited === undefined || inherited.length === 0) {
    context.ledger.task(`${name} lets nobody in: it has no login module that could be kept`, element);
    return [refusingDomain(name, [...comments, 'It has no login module that could be kept: nobody is let in.'])];
  }
  const own = `It has no authentication of its own: JBoss takes that of "${fallback}", written out here.`;
  return [{ ...entry, comments: [...comments, own, ...written], authentication: inherited }];
}

function refusingDomain(name: string, comments: readonly string[]): DomainEntry {
  const refused = { code: 'Anon', flag: 'required', name: 'refused-by-import', options: {}, comments: [] };
  return { name, comments, authentication: [refused], mapping: [], authorization: [], isCached: false };
}
