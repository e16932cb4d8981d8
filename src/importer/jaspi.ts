/** @module `<authentication-jaspi>` of a security domain (jboss-facts §4.1, §4.8): stacks of login modules, and the mechanisms that lead to them. */
import { freeName, type ImportContext, safeName } from './context.ts';
import { importLoginModule, type ModuleEntry, type Referable } from './login-modules.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface AuthModuleEntry {
  readonly code: string;
  readonly flag: string;
  readonly stack: string;
  readonly comments: readonly string[];
}

export interface JaspiEntry {
  readonly stacks: readonly { readonly name: string; readonly modules: readonly ModuleEntry[] }[];
  readonly authModules: readonly AuthModuleEntry[];
}

const flags: readonly string[] = ['required', 'requisite', 'sufficient', 'optional'];
/** JBoss's module that asks the mechanisms of the application, in whatever package. */
const applicationsOwn = 'HTTPSchemeServerAuthModule';
/** What `gatehouse.yaml` takes of each (`src/config/schema-mechanisms.ts`). */
const maxStacks = 32;
const maxAuthModules = 8;

/** `undefined`: the domain has none. A list of reasons: it cannot be kept, and nobody may get in. */
export function importJaspi(
  domain: SourceElement,
  domainName: string,
  referable: Referable,
  context: ImportContext,
): JaspiEntry | readonly string[] | undefined {
  const { ledger } = context;
  const jaspi = childOf(domain, 'authentication-jaspi');
  if (jaspi === undefined) return undefined;
  ledger.note(
    jaspi,
    'stricter',
    'a required mechanism for which nothing is shown grants nothing, where JBoss could go on',
  );
  const names = new Map<string, string>();
  const stacks = childrenOf(jaspi, 'login-module-stack').map((element) => {
    const written = attributeOf(element, 'name')?.value ?? '';
    const name = freeName(safeName(written), (wanted) => [...names.values()].includes(wanted));
    names.set(written, name);
    ledger.note(element, 'kept');
    ledger.note(
      attributeOf(element, 'name'),
      name === written ? 'kept' : 'approximated',
      name === written ? '' : `now ${name}`,
    );
    const taken = new Set<string>();
    const label = `${domainName}-${name}`;
    const modules = childrenOf(element, 'login-module').map((module) =>
      importLoginModule(module, label, taken, referable, context),
    );
    return { name, modules };
  });
  const authModules = childrenOf(jaspi, 'auth-module').map((element) => importAuthModule(element, names, context));
  const reasons = [
    ...authModules.filter((one) => typeof one === 'string'),
    ...(authModules.length === 0 || stacks.length === 0 || stacks.some(({ modules }) => modules.length === 0)
      ? ['its authentication-jaspi has no mechanism or an empty stack']
      : []),
    ...(authModules.length > maxAuthModules || stacks.length > maxStacks
      ? ['its authentication-jaspi is too large']
      : []),
  ];
  if (reasons.length > 0) return reasons;
  return { stacks, authModules: authModules.filter((one) => typeof one !== 'string') };
}

function importAuthModule(
  element: SourceElement,
  stacks: ReadonlyMap<string, string>,
  context: ImportContext,
): AuthModuleEntry | string {
  const { ledger, options } = context;
  const code = attributeOf(element, 'code')?.value.trim() ?? '';
  const flag = attributeOf(element, 'flag')?.value.trim().toLowerCase() ?? 'required';
  const reference = attributeOf(element, 'login-module-stack-ref');
  const [only, second] = [...stacks.values()];
  const stack = reference === undefined ? (second === undefined ? only : undefined) : stacks.get(reference.value);
  const isOwn = code.split('.').at(-1)?.toLowerCase() === applicationsOwn.toLowerCase();
  const known = isOwn ? undefined : options.mechanism(code);
  const refuse = (why: string): string => {
    ledger.noteTree(element, 'refused', why, true);
    return `its mechanism ${code} cannot be kept: ${why}`;
  };
  if (!isOwn && (known === undefined || known === 'later')) return refuse('not in this version');
  if (!flags.includes(flag)) return refuse('it has no flag of JAAS');
  if (stack === undefined) return refuse('it does not say which stack decides');
  ledger.note(element, 'kept');
  ledger.note(attributeOf(element, 'code'), 'kept');
  ledger.note(attributeOf(element, 'flag'), 'kept');
  ledger.note(reference, 'kept');
  for (const option of childrenOf(element, 'module-option')) {
    ledger.noteTree(option, 'approximated', 'options of mechanisms are given where the application is');
  }
  ledger.noteTree(element, 'approximated', 'traces call it by its code');
  const name = known === undefined || known === 'later' ? applicationsOwn : known.name;
  return { code: name, flag, stack, comments: [context.at(element)] };
}
