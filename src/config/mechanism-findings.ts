/** @module Checks of mechanisms: which a domain and its applications name, and which stack of login modules decides about what they read. */
import type { Finding, Path } from './problem.ts';
import type { ConfigurationDocument } from './schema.ts';
import { didYouMean } from './suggestion.ts';

type DomainDocument = ConfigurationDocument['security-domains'][string];
type JaspiDocument = NonNullable<DomainDocument['authentication-jaspi']>;

/** JBoss's server auth module that asks the mechanisms of the deployment (jboss-facts §4.8). */
const applicationsOwn = 'HTTPSchemeServerAuthModule';

/** By its name or by a class of this name in any package. */
export function isApplicationsOwn(code: string): boolean {
  return code.toLowerCase().split('.').at(-1) === applicationsOwn.toLowerCase();
}

export function mechanismFindings(document: ConfigurationDocument): readonly Finding[] {
  const idp = document['saml-idp'];
  return [
    ...Object.entries(document['security-domains']).flatMap(([name, domain]) =>
      domainFindings(domain, ['security-domains', name]),
    ),
    ...Object.entries(document.applications).flatMap(([name, application]) =>
      entranceFindings(document, application, ['applications', name]),
    ),
    ...(idp === undefined ? [] : entranceFindings(document, idp, ['saml-idp'])),
  ];
}

function domainFindings(
  { authentication, 'authentication-jaspi': jaspi }: DomainDocument,
  path: Path,
): readonly Finding[] {
  if (jaspi === undefined) {
    return authentication === undefined ? [{ path: [...path, 'authentication'], message: 'is missing' }] : [];
  }
  const at = [...path, 'authentication-jaspi'];
  const both =
    authentication === undefined ? [] : [{ path: at, message: 'excludes authentication: a domain has one of them' }];
  return [
    ...both,
    ...jaspi['auth-modules'].flatMap((module, index) => stackFindings(jaspi, module, [...at, 'auth-modules', index])),
  ];
}

function stackFindings(
  jaspi: JaspiDocument,
  module: JaspiDocument['auth-modules'][number],
  path: Path,
): readonly Finding[] {
  const stacks = Object.keys(jaspi['login-module-stacks']);
  const named = module['login-module-stack-ref'];
  const options = isApplicationsOwn(module.code) && module['module-options'] !== undefined;
  const idle = options
    ? [
        {
          path: [...path, 'module-options'],
          message: 'has no effect here: the application gives each mechanism its options',
        },
      ]
    : [];
  if (named === undefined) {
    const message = `needs login-module-stack-ref: one of ${stacks.join(', ')}`;
    return stacks.length === 1 ? idle : [...idle, { path, message }];
  }
  const at = [...path, 'login-module-stack-ref'];
  const message = `unknown login-module-stack "${named}"${didYouMean(named, stacks)}`;
  return stacks.includes(named) ? idle : [...idle, { path: at, message }];
}

interface EntranceDocument {
  readonly 'security-domain': string;
  readonly mechanisms?: readonly unknown[] | undefined;
}

/** Where each mechanism of an application gets its login modules from must have one answer. */
function entranceFindings(document: ConfigurationDocument, entrance: EntranceDocument, path: Path): readonly Finding[] {
  const name = entrance['security-domain'];
  // An unknown domain is complained about elsewhere; a name such as `constructor` is none either.
  const domain = Object.hasOwn(document['security-domains'], name) ? document['security-domains'][name] : undefined;
  const jaspi = domain?.['authentication-jaspi'];
  const at = [...path, 'mechanisms'];
  if (domain === undefined) return [];
  if (jaspi === undefined) return entrance.mechanisms === undefined ? [{ path: at, message: 'is missing' }] : [];
  const own = jaspi['auth-modules'].some(({ code }) => isApplicationsOwn(code));
  if (entrance.mechanisms === undefined) {
    const message = `is missing: the ${applicationsOwn} of the security domain "${name}" asks the mechanisms listed here`;
    return own ? [{ path: at, message }] : [];
  }
  if (own || Object.keys(jaspi['login-module-stacks']).length === 1) return [];
  const message = `leaves open which login-module-stack of the security domain "${name}" decides: leave the list out, and its auth-modules say it`;
  return [{ path: at, message }];
}
