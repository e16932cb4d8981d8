/** @module One `<login-module>` of JBoss as an entry of a login stack: kept with its options, or replaced by one that refuses. */
import { freeName, type ImportContext, safeName } from './context.ts';
import { defaultFiles, fileOptions, openModules, stricterModules } from './module-facts.ts';
import { judge, noteOption, readOptions, type WrittenOption } from './module-options.ts';
import { attributeOf, childrenOf, type SourceElement } from './source.ts';

export interface ModuleEntry {
  readonly code: string;
  readonly flag: string;
  readonly name?: string;
  readonly options: Readonly<Record<string, string>>;
  readonly comments: readonly string[];
  /** Why JBoss's module was replaced by one that refuses. */
  readonly refused?: string;
}

/** What the options of a module may refer to, under every name by which it is found. */
export interface Referable {
  readonly realms: ReadonlySet<string>;
  datasource(jndiName: string): boolean;
  truststore(securityDomain: string, byAuthority: boolean): string | undefined;
}

const flags: readonly string[] = ['required', 'requisite', 'sufficient', 'optional'];
/** Fails for everybody: it knows anonymous callers only, and gives them no name. */
const refusing = 'Anon';
const defaultRealm = 'ApplicationRealm';
const databaseModules: readonly string[] = ['Database', 'DatabaseCertificate', 'DatabaseRoles'];
const defaultDatasource = 'java:/DefaultDS';

export function importLoginModule(
  element: SourceElement,
  domain: string,
  taken: Set<string>,
  referable: Referable,
  context: ImportContext,
): ModuleEntry {
  const { ledger } = context;
  const code = attributeOf(element, 'code')?.value.trim() ?? '';
  const flag = attributeOf(element, 'flag');
  const written = flag?.value.trim().toLowerCase() ?? 'required';
  const isFlag = flags.includes(written);
  ledger.note(attributeOf(element, 'code'), 'kept');
  ledger.note(
    flag,
    isFlag ? 'kept' : 'refused',
    isFlag ? '' : 'no such flag: the module is required, and refuses',
    !isFlag,
  );
  ledger.note(attributeOf(element, 'module'), 'approximated', 'there is no class loader');
  const label = attributeOf(element, 'name')?.value ?? code;
  const name = freeName(safeName(label), (wanted) => taken.has(wanted));
  taken.add(name);
  ledger.note(
    attributeOf(element, 'name'),
    name === label ? 'kept' : 'approximated',
    name === label ? '' : `now ${name}`,
  );
  const place = `${context.at(element)}`;
  const common = { flag: isFlag ? written : 'required', ...(name === code ? {} : { name }) };

  const refuse = (why: string): ModuleEntry => {
    ledger.noteTree(element, 'refused', why, true);
    ledger.task(`${domain}: do without ${code}, or find another way: ${why}`, element);
    const original = [
      `${place}: ${code} ${flag?.value ?? ''} cannot be kept: ${why}.`,
      'In its place stands one that fails for everybody:',
      ...originalOptions(element),
    ];
    // What explains a login has this name: it must not read as if the module itself had spoken.
    const short = safeName(label.split('.').at(-1) ?? '').slice(0, 45);
    const placeholder = freeName(`${short}-not-imported`, (wanted) => taken.has(wanted));
    taken.add(placeholder);
    return { ...common, name: placeholder, code: refusing, options: {}, comments: original, refused: why };
  };

  const known = context.options.loginModule(code);
  if (known === undefined) return refuse(unknownCode(code));
  if (known === 'later') return refuse('not in this version');
  if (!isFlag) return refuse('it has no flag of JAAS');
  const options = readOptions(element, known.code, domain, name, context);
  if (typeof options === 'string') return refuse(options);
  const verdicts = judge(options, known);
  if (typeof verdicts === 'string') return refuse(verdicts);
  const kept = options.filter(({ name: option }) => !verdicts.has(option));
  const lost = unresolved(known.code, kept, referable);
  if (lost !== undefined) return refuse(lost);
  const truststore = truststoreFor(known.code, options, referable);
  if (truststore !== undefined && 'lost' in truststore) return refuse(truststore.lost);

  for (const option of options) noteOption(option, verdicts.get(option.name), context);
  const strict = stricterModules[known.code];
  ledger.note(element, strict === undefined ? 'kept' : 'stricter', strict ?? '');
  if (openModules.includes(known.code)) {
    ledger.task(`${domain}: ${known.code} lets in people without a secret. Is that what you want?`, element);
  }
  const files = filesFor(known.code, kept, domain, element, context);
  return {
    ...common,
    code: known.code,
    options: {
      ...Object.fromEntries(kept.map(({ name: option, written: value }) => [option, value])),
      ...truststore,
      ...files,
    },
    comments: [
      place,
      ...options.flatMap(({ name: option }) => {
        const verdict = verdicts.get(option);
        return verdict === undefined ? [] : [`${option} is left out: ${verdict.why}.`];
      }),
    ],
  };
}

/** JBoss takes every word that is none of its short names for a class. */
function unknownCode(code: string): string {
  return code.includes('.')
    ? 'a class of your own: write it anew, docs/login-modules/custom.md tells how'
    : 'JBoss has no login module of that short name; is it misspelt?';
}

/** Names only: a value may be a password. */
function originalOptions(element: SourceElement): readonly string[] {
  const names = childrenOf(element, 'module-option').flatMap((option) => attributeOf(option, 'name')?.value ?? []);
  return names.length === 0 ? [] : [`it had the options ${names.join(', ')}`];
}

/** What a module refers to has to be there, or it is refused: the start would be. */
export function unresolved(code: string, options: readonly WrittenOption[], referable: Referable): string | undefined {
  const value = (name: string) => options.find((option) => option.name === name)?.checked;
  if (code === 'RealmDirect') {
    const realm = value('realm') ?? defaultRealm;
    return referable.realms.has(realm) ? undefined : `the security realm ${realm} could not be kept`;
  }
  if (databaseModules.includes(code)) {
    const jndiName = value('dsJndiName') ?? defaultDatasource;
    if (!referable.datasource(jndiName)) return `the datasource ${jndiName} could not be kept`;
  }
  return undefined;
}

const certificateModules: readonly string[] = ['Certificate', 'CertificateRoles', 'DatabaseCertificate'];

/** The option that names the truststore, for the modules that have one. */
function truststoreFor(
  code: string,
  options: readonly WrittenOption[],
  referable: Referable,
): { readonly truststore: string } | { readonly lost: string } | undefined {
  if (!certificateModules.includes(code)) return undefined;
  const value = (name: string) => options.find((option) => option.name === name)?.checked;
  const domain = value('securityDomain') ?? 'other';
  const name = referable.truststore(domain, value('verifier') !== undefined);
  return name === undefined ? { lost: `the truststore of ${domain} could not be kept` } : { truststore: name };
}

/** Reports and copies of an import are read by many. */
const byHand = { problem: 'a keytab holds keys, and is not copied' } as const;

/** Options with the names of files that were copied, or that a person has to bring. */
export function filesFor(
  code: string,
  options: readonly WrittenOption[],
  domain: string,
  element: SourceElement,
  context: ImportContext,
): Readonly<Record<string, string>> {
  const has = (name: string) => options.some((option) => option.name === name);
  const named = fileOptions(code).flatMap((name) => {
    const option = options.find((one) => one.name === name);
    return option === undefined || option.isOpaque ? [] : [[name, option.checked] as const];
  });
  const all = { ...defaultFiles(code, has), ...Object.fromEntries(named) };
  return Object.fromEntries(
    Object.entries(all).map(([option, path]) => {
      const copy = code === 'Kerberos' ? byHand : context.copy(path.replace(/^file:(?:\/\/)?/, ''));
      if ('name' in copy) {
        if (copy.remark !== undefined) context.ledger.task(`${copy.name}: ${copy.remark}; look at it`, element);
        return [option, copy.name];
      }
      // JBoss looks into the application first: two applications may each have a file of this name.
      const own = `${safeName(domain)}-${safeName(path.split('/').at(-1) ?? path)}`;
      if (!option.startsWith('default')) {
        const origin = /^(?:file:)?\//.test(path) ? path : `${path} of the application (WEB-INF/classes)`;
        context.ledger.task(`put ${origin} into configuration/${own}: ${copy.problem}`, element);
      }
      return [option, own];
    }),
  );
}
