/** @module The web subsystem of JBoss (Undertow): single-sign-on, and which domain an application has (jboss-facts §10.2). */
import type { ImportContext } from './context.ts';
import { attributeOf, childrenOf, nodesNamed, type SourceElement } from './source.ts';

export interface WebEntry {
  readonly comments: readonly string[];
  readonly cookieName?: string;
  /** Lines about applications, for the place where they are to be written. */
  readonly applications: readonly string[];
}

const cookieNamePattern = /^[A-Za-z0-9_-]{1,64}$/;

export function importWeb(subsystem: SourceElement | undefined, context: ImportContext): WebEntry {
  const { ledger } = context;
  if (subsystem === undefined) return { comments: [], applications: [] };
  const found = nodesNamed(subsystem, 'single-sign-on');
  const cookies = found.map((element) => singleSignOn(element, context));
  if (found.length === 0) {
    ledger.task(
      'applications of one security domain share a login: in JBoss they did not without single-sign-on',
      subsystem,
    );
  }
  const applications = applicationDomains(subsystem, context);
  const standard = attributeOf(subsystem, 'default-security-domain');
  ledger.note(standard, 'approximated', 'every application names its domain: there is no default');
  ledger.noteTree(subsystem, 'outside', 'listeners, hosts and filters are not about who gets in');
  const [cookieName] = cookies.flatMap((name) => name ?? []);
  return {
    comments: found.map((element) => context.at(element)),
    ...(cookieName === undefined ? {} : { cookieName }),
    applications,
  };
}

function singleSignOn(element: SourceElement, { ledger, expand }: ImportContext): string | undefined {
  ledger.note(
    element,
    'stricter',
    'a session has a new id after each login, holds no credential, and counts in its own domain',
  );
  const name = attributeOf(element, 'cookie-name');
  const value = name === undefined ? undefined : expand(name).plain;
  const isKept = value !== undefined && cookieNamePattern.test(value);
  ledger.note(name, isKept ? 'kept' : 'approximated', isKept ? '' : 'the cookie has the name that Gatehouse gives it');
  ledger.note(attributeOf(element, 'domain'), 'stricter', 'the cookie is for this host only');
  ledger.note(attributeOf(element, 'path'), 'approximated', 'the cookie is for every path');
  ledger.note(attributeOf(element, 'secure'), 'stricter', 'the cookie is always Secure over TLS');
  ledger.note(attributeOf(element, 'http-only'), 'stricter', 'the cookie is always HttpOnly');
  return isKept ? value : undefined;
}

function applicationDomains(subsystem: SourceElement, context: ImportContext): readonly string[] {
  const { ledger } = context;
  const lines: string[] = [];
  for (const container of childrenOf(subsystem, 'application-security-domains')) {
    for (const element of childrenOf(container, 'application-security-domain')) {
      const domain =
        attributeOf(element, 'security-domain')?.value ?? attributeOf(element, 'http-authentication-factory')?.value;
      const name = attributeOf(element, 'name')?.value ?? '';
      lines.push(`${context.at(element)}: applications that name the domain ${name} had ${domain ?? 'none'}`);
      ledger.noteTree(
        element,
        'refused',
        'Elytron is not imported: name the security domain at each application',
        true,
      );
      ledger.task(`choose a security domain for the applications of ${name}: Elytron decided before`, element);
    }
    ledger.noteTree(container, 'refused', 'Elytron is not imported');
  }
  return lines;
}
