/** @module The security domains of JBoss (jboss-facts §4.1): stacks, JBoss's silent fallbacks made explicit, and what makes a domain refuse. */
import { freeName, type ImportContext, safeName } from './context.ts';
import { domainParts } from './domain-parts.ts';
import { importLoginModule, type ModuleEntry, type Referable } from './login-modules.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface DomainEntry {
  readonly name: string;
  readonly comments: readonly string[];
  readonly authentication: readonly ModuleEntry[];
  /** `cache-type`: logins are kept. */
  readonly isCached: boolean;
}

/** They hold the authorization that other domains fall back on; nobody signs in by them (jboss-facts §4.3). */
const policyDomains: readonly string[] = ['jboss-web-policy', 'jboss-ejb-policy'];
const fallback = 'other';

interface Found {
  readonly element: SourceElement;
  readonly original: string;
  readonly name: string;
  readonly stack: readonly ModuleEntry[] | undefined;
  /** Why nobody may get in by it. */
  readonly denied: readonly string[];
  readonly comments: readonly string[];
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
  for (const element of childrenOf(container, 'security-domain')) {
    const original = attributeOf(element, 'name')?.value ?? '';
    const name = freeName(safeName(original), (wanted) => found.some((one) => one.name === wanted));
    const one = readDomain(element, original, name, referable, context);
    if (one !== undefined) found.push(one);
  }
  const other = found.find(({ original }) => original === fallback);
  return found.flatMap((one) => entryOf(one, other, context));
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
  const parts = domainParts(element, context);
  const jaspi = childOf(element, 'authentication-jaspi') !== undefined;
  return {
    element,
    original,
    name,
    stack: stack.length > 0 || jaspi ? stack : undefined,
    denied: parts.denied,
    comments: parts.comments,
    isCached: attributeOf(element, 'cache-type') !== undefined,
  };
}

/** `jaspitest` as shipped: its only module is JBoss's Dummy. */
function isTestDomain(element: SourceElement, name: string): boolean {
  const codes = childrenOf(childOf(element, 'authentication-jaspi'), 'login-module-stack').flatMap((stack) =>
    childrenOf(stack, 'login-module').map((module) => attributeOf(module, 'code')?.value),
  );
  return name === 'jaspitest' && codes.length > 0 && codes.every((code) => code === 'Dummy');
}

function entryOf(found: Found, other: Found | undefined, context: ImportContext): readonly DomainEntry[] {
  const { element, name, original, denied, isCached } = found;
  const place = context.at(element);
  const comments = [`${place}`, ...found.comments];
  if (denied.length > 0) {
    for (const why of denied) context.ledger.task(`${name} lets nobody in: ${why}`, element);
    return [refusingDomain(name, [...comments, ...denied.map((why) => `Nobody is let in: ${why}.`)])];
  }
  if (found.stack !== undefined && found.stack.length > 0) {
    return [{ name, comments, authentication: found.stack, isCached }];
  }
  if (policyDomains.includes(original)) return [];
  const inherited = other === found ? undefined : other?.stack;
  if (
    found.stack !== undefined ||
    inherited === undefined ||
    inherited.length === 0 ||
    (other?.denied.length ?? 0) > 0
  ) {
    return [refusingDomain(name, [...comments, 'It has no login module that could be kept: nobody is let in.'])];
  }
  return [
    {
      name,
      comments: [
        ...comments,
        `It has no authentication of its own: JBoss takes that of "${fallback}", written out here.`,
      ],
      authentication: inherited,
      isCached,
    },
  ];
}

function refusingDomain(name: string, comments: readonly string[]): DomainEntry {
  const refused = { code: 'Anon', flag: 'required', name: 'refused-by-import', options: {}, comments: [] };
  return { name, comments, authentication: [refused], isCached: false };
}
