/** @module Which modules a configuration names, found before it is checked: their schemas check it. */
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

/** Codes as they are written, of each kind of module, each once. */
export interface WrittenCodes {
  readonly loginModules: readonly string[];
  readonly mappers: readonly string[];
  readonly authorizationModules: readonly string[];
  readonly auditProviders: readonly string[];
}

/** Every code that a text names; none where it is not YAML: then it is refused for that. */
export function writtenCodes(text: string): WrittenCodes {
  const { value } = parseYamlTree(text);
  const domains = valuesOf(valueAt(value, ['security-domains']));
  // A stack of login modules may also be one of several.
  const jaspi = ['authentication-jaspi', 'login-module-stacks'];
  const lists = (key: string) => domains.map((domain) => valueAt(domain, [key]));
  return {
    loginModules: codesIn([...lists('authentication'), ...domains.flatMap((one) => valuesOf(valueAt(one, jaspi)))]),
    mappers: codesIn(lists('mapping')),
    authorizationModules: codesIn(lists('authorization')),
    auditProviders: codesIn([valueAt(value, ['audit']), ...lists('audit')]),
  };
}

/** Those that name a file or could name a package, without those that `isKnown` knows. */
export function customCodes(codes: readonly string[], isKnown: (code: string) => boolean): readonly string[] {
  return codes
    .filter((code) => !isKnown(code) && (isFileCode(code) || packagePattern.test(code)))
    .slice(0, maxCustomModules);
}

function codesIn(lists: readonly unknown[]): readonly string[] {
  const codes = lists.flatMap(valuesOf).map((module) => valueAt(module, ['code']));
  return [...new Set(codes.filter((code) => typeof code === 'string'))];
}

function valuesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
