/** @module Mapping and authorization modules of a security domain (jboss-facts §4.5, §4.7): kept, left out, or what makes the domain refuse. */
import type { ImportContext, KnownModule } from './context.ts';
import { filesFor, type Referable, unresolved } from './login-modules.ts';
import { judge, noteOption, readOptions } from './module-options.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface PlugInEntry {
  readonly code: string;
  /** Of a mapping module. */
  readonly type?: string;
  /** Of an authorization module. */
  readonly flag?: string;
  readonly options: Readonly<Record<string, string>>;
  readonly comments: readonly string[];
}

export interface ImportedPlugIns {
  /** Absent: the domain has no such part, and JBoss looks elsewhere. */
  readonly entries?: readonly PlugInEntry[];
  readonly comments: readonly string[];
  /** Why nobody may get in. */
  readonly denied: readonly string[];
}

const nothing: ImportedPlugIns = { comments: [], denied: [] };
const flags: readonly string[] = ['required', 'requisite', 'sufficient', 'optional'];
/** They only add roles: without one of them somebody has less. */
const adding: readonly string[] = ['SimpleRoles', 'PropertiesRoles', 'DatabaseRoles', 'LdapRoles'];

export function importMapping(
  domain: SourceElement,
  name: string,
  referable: Referable,
  context: ImportContext,
): ImportedPlugIns {
  const { ledger, options } = context;
  const mapping = childOf(domain, 'mapping');
  if (mapping === undefined) return nothing;
  const entries: PlugInEntry[] = [];
  const comments: string[] = [];
  const denied: string[] = [];
  let isLast = false;
  for (const module of childrenOf(mapping, 'mapping-module')) {
    const written = codeOf(module);
    const type = attributeOf(module, 'type')?.value ?? 'role';
    const known = options.mapper(written);
    const entry =
      known === undefined || known === 'later'
        ? 'not in this version'
        : !known.types.includes(type)
          ? `it does not map the type ${type}: in JBoss every login failed by it`
          : isLast && type === 'role'
            ? 'it stands after DeploymentRoles, which decides for one application'
            : importOne(module, known, name, referable, context);
    if (typeof entry === 'string') {
      const isAdding = known !== undefined && known !== 'later' && adding.includes(known.code);
      const decides = type !== 'attribute';
      ledger.noteTree(module, 'refused', entry, decides);
      ledger.task(`${name}: do without the mapping ${written}, or find another way: ${entry}`, module);
      if (isAdding || !decides) comments.push(`${context.at(module)}: the mapping ${written} is left out: ${entry}.`);
      else denied.push(`its mapping ${written} may take roles or names away, and cannot be kept: ${entry}`);
    } else {
      ledger.note(attributeOf(module, 'type'), 'kept');
      isLast ||= known !== undefined && known !== 'later' && known.perApplication;
      entries.push({ ...entry, type });
    }
  }
  ledger.note(mapping, 'kept');
  return { entries, comments, denied };
}

export function importAuthorization(
  domain: SourceElement,
  name: string,
  referable: Referable,
  context: ImportContext,
): ImportedPlugIns {
  const { ledger, options } = context;
  const authorization = childOf(domain, 'authorization');
  if (authorization === undefined) return nothing;
  const denied: string[] = [];
  const entries = childrenOf(authorization, 'policy-module').map((module): PlugInEntry => {
    const written = codeOf(module);
    const flag = attributeOf(module, 'flag')?.value.trim().toLowerCase() ?? 'required';
    const known = options.authorizationModule(written);
    const entry =
      known === undefined || known === 'later'
        ? 'not in this version'
        : flags.includes(flag)
          ? importOne(module, known, name, referable, context)
          : 'it has no flag of JAAS';
    if (typeof entry !== 'string') {
      ledger.note(
        attributeOf(module, 'flag'),
        flag === 'requisite' ? 'stricter' : 'kept',
        flag === 'requisite' ? 'its DENY ends the list, which PicketBox forgot' : '',
      );
      return { ...entry, flag };
    }
    ledger.noteTree(module, 'refused', entry, true);
    ledger.task(`${name}: do without the authorization ${written}, or find another way: ${entry}`, module);
    if (flag !== 'sufficient' && flag !== 'optional')
      denied.push(`its authorization ${written} cannot be kept: ${entry}`);
    return {
      code: 'DenyAll',
      flag: flags.includes(flag) ? flag : 'required',
      options: {},
      comments: [
        `${context.at(module)}: ${written} cannot be kept: ${entry}.`,
        'In its place stands one that denies everything:',
      ],
    };
  });
  ledger.note(authorization, 'kept');
  return { entries, comments: [], denied };
}

const codeOf = (module: SourceElement) => attributeOf(module, 'code')?.value.trim() ?? '';

function importOne(
  module: SourceElement,
  known: KnownModule,
  domain: string,
  referable: Referable,
  context: ImportContext,
): PlugInEntry | string {
  const { ledger } = context;
  const options = readOptions(module, known.code, domain, known.code, context);
  if (typeof options === 'string') return options;
  const verdicts = judge(options, known);
  if (typeof verdicts === 'string') return verdicts;
  const kept = options.filter(({ name }) => !verdicts.has(name));
  const lost = unresolved(known.code, kept, referable);
  if (lost !== undefined) return lost;
  for (const option of options) noteOption(option, verdicts.get(option.name), context);
  ledger.note(module, 'kept');
  ledger.note(attributeOf(module, 'code'), 'kept');
  ledger.note(attributeOf(module, 'name'), 'approximated', 'traces call it by its code');
  ledger.note(attributeOf(module, 'module'), 'approximated', 'there is no class loader');
  return {
    code: known.code,
    options: {
      ...Object.fromEntries(kept.map(({ name, written }) => [name, written])),
      ...filesFor(known.code, kept, domain, module, context),
    },
    comments: [context.at(module)],
  };
}
