/** @module Which modules of the operator's own a configuration names, found before it is checked: their schemas check it. */
import { valueAt } from './schema-findings.ts';
import { parseYamlTree } from './yaml-tree.ts';

/** Each is a program that is loaded at start. */
export const maxCustomModules = 100;

/** A package and perhaps a path of its exports (npm's rules for names, which are lower-case). */
const packagePattern = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:\/[A-Za-z0-9._~-]+)*$/;

/** A file is written with its way, `./my-module.ts`, so that no name of a package or a class can be taken for one. */
export function isFileCode(code: string): boolean {
  return /^\.{0,2}\//.test(code);
}

/**
 * The codes in a text that name a file or could name a package, each once, without those that `isKnown` knows. None
 * where the text is not YAML: then it is refused for that.
 */
export function customCodesIn(
  text: string,
  isKnown: (code: string) => boolean,
  list: 'authentication' | 'mapping' | 'authorization' | 'audit' = 'authentication',
): readonly string[] {
  const { value } = parseYamlTree(text);
  const codes = new Set<string>();
  // Only auditing has a list outside of the domains.
  const root = list === 'audit' ? [value] : [];
  for (const domain of [...root, ...valuesOf(valueAt(value, ['security-domains']))]) {
    // A stack of login modules may also be one of several (`authentication-jaspi`).
    const jaspi = ['authentication-jaspi', 'login-module-stacks'];
    const stacks = list === 'authentication' ? valuesOf(valueAt(domain, jaspi)) : [];
    for (const module of [valueAt(domain, [list]), ...stacks].flatMap(valuesOf)) {
      const code = valueAt(module, ['code']);
      if (typeof code !== 'string' || isKnown(code)) continue;
      if (isFileCode(code) || packagePattern.test(code)) codes.add(code);
    }
  }
  return [...codes].slice(0, maxCustomModules);
}

function valuesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
