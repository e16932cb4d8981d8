/** @module The `<module-option>`s of a login module: expressions followed, secrets set apart, and each judged by the schema of our module. */
import type { ImportContext, KnownModule } from './context.ts';
import { secretOptions, type Unkept, unkeptOption } from './module-facts.ts';
import { attributeOf, childrenOf, type SourceAttribute, type SourceElement } from './source.ts';

export interface WrittenOption {
  readonly element: SourceElement;
  readonly name: string;
  /** For `gatehouse.yaml`. */
  readonly written: string;
  /** For the schema; the reference itself where only the start will know the value. */
  readonly checked: string;
  readonly isOpaque: boolean;
  readonly isSecret: boolean;
  readonly remarks: readonly string[];
}

/** As written and as they are now; a text when the module cannot be kept. */
export function readOptions(
  element: SourceElement,
  code: string,
  domain: string,
  module: string,
  context: ImportContext,
): readonly WrittenOption[] | string {
  const options: WrittenOption[] = [];
  for (const child of childrenOf(element, 'module-option')) {
    const name = attributeOf(child, 'name')?.value;
    const value: SourceAttribute | SourceElement = attributeOf(child, 'value') ?? child;
    if (name === undefined || name === '__proto__') return 'an option has no name';
    const { written, plain, missing, needs, remarks } = context.expand(value);
    if (missing.length > 0) return `the property ${missing.join(', ')} of its option ${name} is not known`;
    if (options.some((one) => one.name === name)) return `its option ${name} is there twice`;
    for (const need of needs) context.ledger.task(`provide the ${need}`, child);
    // The options of SimpleUsers are users with their passwords.
    const isSecret = secretOptions.includes(name) || (code === 'SimpleUsers' && !/^(hash|password-|ignore)/.test(name));
    const moved = isSecret && plain !== undefined && plain !== '' && !/^\{(?:EXT|CMD|CLASS)/i.test(plain);
    options.push({
      element: child,
      name,
      written: moved ? context.secret(`${domain}-${module}-${name}`, plain) : written,
      checked: plain ?? written,
      isOpaque: plain === undefined,
      isSecret: moved,
      remarks: moved ? [...remarks, 'the secret is in a file of its own below data/secrets'] : remarks,
    });
  }
  return options;
}

/** The options that are left out, with their reason; a text when the module cannot be kept. */
export function judge(options: readonly WrittenOption[], known: KnownModule): ReadonlyMap<string, Unkept> | string {
  const verdicts = new Map<string, Unkept>();
  // Each round leaves at least one option out, or is the last.
  for (let round = 0; round <= options.length; round += 1) {
    const left = options.filter(({ name }) => !verdicts.has(name));
    const parsed = known.options.safeParse(Object.fromEntries(left.map(({ name, checked }) => [name, checked])));
    const before = verdicts.size;
    for (const issue of parsed.success ? [] : parsed.error.issues) {
      const names = issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0] ?? '')];
      for (const name of names) {
        const option = left.find((one) => one.name === name);
        if (option === undefined) return name === '' ? issue.message : `${name}: ${issue.message}`;
        if (option.isOpaque) continue;
        const isKnown = issue.code !== 'unrecognized_keys';
        const verdict = unkeptOption(name, option.checked, isKnown, `${name} ${issue.message}`);
        if (verdict.fate === 'decides') return verdict.why.startsWith(name) ? verdict.why : `${name}: ${verdict.why}`;
        verdicts.set(name, verdict);
      }
    }
    if (verdicts.size === before) return verdicts;
  }
  return verdicts;
}

export function noteOption(option: WrittenOption, verdict: Unkept | undefined, { ledger }: ImportContext): void {
  const { element, name, remarks } = option;
  const hash = name === 'hashAlgorithm' ? ['the charset is UTF-8 where hashCharset is not given'] : [];
  const reason = [...remarks, ...hash].join('; ');
  if (verdict === undefined) {
    ledger.noteTree(element, reason === '' ? 'kept' : 'approximated', reason);
  } else if (verdict.fate === 'stricter') {
    ledger.noteTree(element, 'stricter', verdict.why);
  } else if (verdict.fate === 'unknown') {
    ledger.noteTree(element, 'refused', verdict.why);
    ledger.task(`is the option ${name} a misspelt one? JBoss did not know it either`, element);
  } else {
    ledger.noteTree(element, 'approximated', verdict.why);
  }
}
