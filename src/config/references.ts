/** @module Checks that no schema can make: names that refer to other parts of the file, codes of the catalogue, module options. */
import type { CatalogEntry, ConfigurationCatalog } from './configuration-catalog.ts';
import { datasourceFindings } from './datasources.ts';
import { kerberosFindings } from './kerberos-findings.ts';
import { notInThisVersion } from './later.ts';
import { mappingFindings } from './mapping-findings.ts';
import { isApplicationsOwn } from './mechanism-findings.ts';
import type { Finding, Path } from './problem.ts';
import { type Kind, kindsOf, table } from './referable-kinds.ts';
import { type Checked, convertSecretScalars, schemaFindings, valueAt } from './schema-findings.ts';
import { didYouMean } from './suggestion.ts';
import { truststoreFindings } from './truststores.ts';

const mustBeReferred =
  'must not stand in this file: write \u0024{env:NAME}, \u0024{file:path}, \u0024{command:name} or \u0024{VAULT::block::attribute::1}';

/** Longer than any code; what is longer is not worth quoting. */
const maxQuoted = 100;

function without(value: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Works on the raw values and passes over whatever has the wrong shape: the schema complains about that,
 * and both complaints come at once.
 */
export function referenceFindings(checked: Omit<Checked, 'at'>, catalog: ConfigurationCatalog): readonly Finding[] {
  const root = table(checked.value);
  const kinds = kindsOf(catalog, root);
  const findings: Finding[] = [];

  function look<T>(kind: Kind<T>, path: Path): T | undefined {
    const written = valueAt(checked.value, path);
    if (typeof written !== 'string' || written === '') {
      return undefined;
    }
    const answer = kind.find(written);
    const quoted = checked.holdsSecret(path) ? '' : ` "${written.slice(0, maxQuoted)}"`;
    if (answer === 'later') {
      findings.push({ path, message: `${kind.word}${quoted}: ${notInThisVersion}`, later: true });
      return undefined;
    }
    const problem = answer === undefined ? kind.problem?.(written) : undefined;
    if (problem !== undefined) {
      findings.push({ path, message: `${kind.word}${quoted}: ${problem}` });
      return undefined;
    }
    if (answer === undefined) {
      const names = kind.codes();
      const known = names.length > 0 && names.length <= 12 ? ` (known: ${names.join(', ')})` : '';
      const hint = quoted === '' ? '' : didYouMean(written, names);
      findings.push({ path, message: `unknown ${kind.word}${quoted}${hint || known}` });
    }
    return answer;
  }

  function options(
    entry: Pick<CatalogEntry, 'options'> | undefined,
    path: Path,
    besides: readonly string[] = [],
  ): void {
    const written = valueAt(checked.value, path);
    const value = written === undefined ? {} : written;
    if (entry === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) {
      return;
    }
    // Options that stand beside a name are looked at without it.
    const own = { value: without(value, besides), at: path, holdsSecret: checked.holdsSecret };
    let result = entry.options.safeParse(own.value);
    if (!result.success && convertSecretScalars(result.error.issues, own)) {
      Object.assign(value, own.value);
      result = entry.options.safeParse(own.value);
    }
    if (!result.success) {
      findings.push(...schemaFindings(entry.options, result.error.issues, own));
    }
  }

  function flag(entry: CatalogEntry | undefined, path: Path): void {
    const written = valueAt(checked.value, path);
    if (entry?.flags === undefined || typeof written !== 'string' || entry.flags.includes(written)) return;
    const flags = entry.flags.join(' or ');
    findings.push({ path, message: `${entry.code} must be ${flags}: the login would succeed without it` });
  }

  function audit(path: Path): void {
    for (const index of list(valueAt(checked.value, path)).keys()) {
      const entry = look(kinds.auditProvider, [...path, index, 'code']);
      const place = [...path, index, 'options'];
      options(entry, place);
      for (const name of entry?.secretOptions ?? []) {
        const at = [...place, name];
        if (valueAt(checked.value, at) === undefined || checked.holdsSecret(at)) continue;
        findings.push({ path: at, message: mustBeReferred });
      }
    }
  }

  function mechanisms(path: Path): void {
    const seen = new Set<string>();
    for (const [index, written] of list(valueAt(checked.value, path)).entries()) {
      const at = [...path, index];
      const named = typeof written === 'string' ? at : [...at, 'name'];
      const entry = look(kinds.mechanism, named);
      if (named !== at) options(entry, at, ['name']);
      const name = entry?.name ?? String(valueAt(checked.value, named)).toUpperCase();
      if (seen.has(name)) findings.push({ path: at, message: 'is named twice' });
      seen.add(name);
    }
  }

  function stack(path: Path): void {
    for (const index of list(valueAt(checked.value, path)).keys()) {
      const entry = look(kinds.loginModule, [...path, index, 'code']);
      const place = [...path, index, 'module-options'];
      options(entry, place);
      flag(entry, [...path, index, 'flag']);
      findings.push(...datasourceFindings(checked, entry?.code, [...path, index]));
      findings.push(...truststoreFindings(checked, entry?.code, [...path, index]));
      findings.push(...kerberosFindings(checked, entry?.code, [...path, index], kinds.loginModule.find));
      if (entry?.code === 'RealmDirect') {
        realmOf([...path, index], place);
      }
    }
  }

  function jaspi(path: Path): void {
    for (const name of Object.keys(table(valueAt(checked.value, [...path, 'login-module-stacks'])))) {
      stack([...path, 'login-module-stacks', name]);
    }
    for (const index of list(valueAt(checked.value, [...path, 'auth-modules'])).keys()) {
      const at = [...path, 'auth-modules', index];
      if (isApplicationsOwn(String(valueAt(checked.value, [...at, 'code'])))) continue;
      options(look(kinds.mechanism, [...at, 'code']), [...at, 'module-options']);
    }
  }

  function domain(path: Path): void {
    stack([...path, 'authentication']);
    jaspi([...path, 'authentication-jaspi']);
    mapping([...path, 'mapping']);
    const policies = [...path, 'authorization'];
    for (const index of list(valueAt(checked.value, policies)).keys()) {
      options(look(kinds.authorizationModule, [...policies, index, 'code']), [...policies, index, 'module-options']);
    }
    audit([...path, 'audit']);
  }

  function mapping(path: Path): void {
    const mappers = list(valueAt(checked.value, path)).map((_, index) => {
      const own = [...path, index];
      const entry = look(kinds.mapper, [...own, 'code']);
      options(entry, [...own, 'module-options']);
      findings.push(...datasourceFindings(checked, entry?.code, own));
      return { entry, type: valueAt(checked.value, [...own, 'type']), path: own };
    });
    findings.push(...mappingFindings(mappers));
  }

  /** JBoss's default realm is ApplicationRealm (jboss-facts §2.6). */
  function realmOf(module: Path, place: Path): void {
    if (valueAt(checked.value, [...place, 'realm']) !== undefined) {
      look(kinds.realm, [...place, 'realm']);
    } else if (kinds.realm.find('ApplicationRealm') === undefined) {
      findings.push({
        path: module,
        message: 'needs module-options.realm: there is no security realm "ApplicationRealm", the default',
      });
    }
  }

  for (const name of Object.keys(table(root['security-domains']))) {
    domain(['security-domains', name]);
  }
  for (const path of [
    ...Object.keys(table(root['applications'])).map((name) => ['applications', name]),
    ['saml-idp'],
  ]) {
    look(kinds.domain, [...path, 'security-domain']);
    mechanisms([...path, 'mechanisms']);
    const providers = [...path, 'saml-sp', 'identity-providers'];
    for (const index of list(valueAt(checked.value, providers)).keys()) {
      look(kinds.identityProvider, [...providers, index]);
    }
  }
  audit(['audit']);
  return findings;
}
