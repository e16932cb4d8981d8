/** @module Checks of the domains that an SPNEGO module names: the one that holds the keys, and the one that decides about passwords. */
import type { CatalogAnswer } from '../spi/catalog-answer.ts';
import type { CatalogEntry } from './configuration-catalog.ts';
import type { Finding, Path } from './problem.ts';
import { table } from './referable-kinds.ts';
import { type Checked, valueAt } from './schema-findings.ts';
import { didYouMean } from './suggestion.ts';

type FindModule = (code: string) => CatalogAnswer<CatalogEntry>;

interface WrittenModule {
  readonly code: string;
  readonly options: unknown;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Works on raw values, as `referenceFindings` does. @param path of the module; its second segment is its domain */
export function kerberosFindings(
  { value, holdsSecret }: Omit<Checked, 'at'>,
  code: string | undefined,
  path: Path,
  find: FindModule,
): readonly Finding[] {
  if (code !== 'SPNEGO') return [];
  const domains = table(valueAt(value, ['security-domains']));
  const names = Object.keys(domains);
  const options = [...path, 'module-options'];
  const own = String(path[1]);

  function named(option: string, check: (name: string) => string | undefined): readonly Finding[] {
    const at = [...options, option];
    const written = valueAt(value, at);
    if (typeof written !== 'string' || holdsSecret(at)) return [];
    if (!names.includes(written)) {
      return [{ path: at, message: `unknown security domain "${written.slice(0, 100)}"${didYouMean(written, names)}` }];
    }
    const message = check(written);
    return message === undefined ? [] : [{ path: at, message }];
  }

  const modulesOf = (name: string) => writtenModules(domains[name], find);
  /** Where a password given to a domain can come to. */
  function comesBack(name: string, seen: readonly string[]): boolean {
    if (name === own) return true;
    if (seen.includes(name)) return false;
    return modulesOf(name).some((module) => {
      const next = module.code === 'SPNEGO' ? valueAt(module.options, ['usernamePasswordDomain']) : undefined;
      return typeof next === 'string' && comesBack(next, [...seen, name]);
    });
  }

  return [
    ...named('serverSecurityDomain', (name) =>
      modulesOf(name).some((module) => module.code === 'Kerberos')
        ? undefined
        : `names the security domain "${name}", which has no Kerberos module: the keys of this service are in one`,
    ),
    ...named('usernamePasswordDomain', (name) =>
      comesBack(name, []) ? 'leads back to this very domain: a password needs a domain that checks it' : undefined,
    ),
  ];
}

function writtenModules(domain: unknown, find: FindModule): readonly WrittenModule[] {
  const stacks = Object.values(table(valueAt(domain, ['authentication-jaspi', 'login-module-stacks'])));
  return [valueAt(domain, ['authentication']), ...stacks].flatMap(list).flatMap((module) => {
    const entry = find(String(valueAt(module, ['code'])));
    if (entry === undefined || entry === 'later') return [];
    return [{ code: entry.code, options: valueAt(module, ['module-options']) }];
  });
}
