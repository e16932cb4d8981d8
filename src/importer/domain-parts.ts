/** @module Everything of a security domain but its login modules (jboss-facts §4.1, §4.4 – §4.8): what is kept of it, and what makes the domain refuse. */
import type { ImportContext } from './context.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface DomainParts {
  readonly comments: readonly string[];
  /** Why nobody may get in. */
  readonly denied: readonly string[];
}

/** For the web each of them permits: the constraints of the application have decided before (jboss-facts §4.7). */
const permitting: readonly string[] = ['permitall', 'delegating', 'web', 'jacc'];
/** They only add roles (jboss-facts §4.5): without them somebody has less. */
const adding: readonly string[] = ['simpleroles', 'propertiesroles', 'databaseroles', 'ldaproles'];

/** Puts every part of the domain but `authentication` into the ledger. */
export function domainParts(domain: SourceElement, context: ImportContext): DomainParts {
  const parts = [
    cacheOf(domain, context),
    jaspiOf(domain, context),
    mappingOf(domain, context),
    authorizationOf(domain, context),
    auditOf(domain, context),
    othersOf(domain, context),
  ];
  return {
    comments: parts.flatMap(({ comments }) => comments),
    denied: parts.flatMap(({ denied }) => denied),
  };
}

const nothing: DomainParts = { comments: [], denied: [] };
const codeOf = (module: SourceElement) => attributeOf(module, 'code')?.value ?? '';
/** Class names count by their last part. */
const shortCode = (code: string) =>
  code
    .toLowerCase()
    .split('.')
    .at(-1)
    ?.replace(/(mappingprovider|authorizationmodule)$/, '') ?? '';

function cacheOf(domain: SourceElement, { ledger }: ImportContext): DomainParts {
  const cache = attributeOf(domain, 'cache-type');
  ledger.note(
    cache,
    'stricter',
    'a login is kept for 300 s and until a file changes; JBoss kept it for ever, a changed password and a disabled user too',
  );
  return nothing;
}

function jaspiOf(domain: SourceElement, { ledger }: ImportContext): DomainParts {
  const jaspi = childOf(domain, 'authentication-jaspi');
  if (jaspi === undefined) return nothing;
  ledger.noteTree(jaspi, 'refused', 'mechanism stacks are not in this version', true);
  return { comments: [], denied: ['its authentication-jaspi is not in this version'] };
}

function mappingOf(domain: SourceElement, context: ImportContext): DomainParts {
  const { ledger } = context;
  const mapping = childOf(domain, 'mapping');
  if (mapping === undefined) return nothing;
  const modules = childrenOf(mapping, 'mapping-module');
  const replacing = modules.filter((module) => !adding.includes(shortCode(codeOf(module))) && isOfRoles(module));
  for (const module of modules) ledger.noteTree(module, 'refused', 'mapping is not in this version', true);
  ledger.noteTree(mapping, 'refused', 'mapping is not in this version');
  const names = modules.map(codeOf).join(', ');
  return replacing.length === 0
    ? { comments: [`Its mapping (${names}) is not in this version: what it adds is missing.`], denied: [] }
    : { comments: [], denied: [`its mapping (${names}) may take roles away, and is not in this version`] };
}

function isOfRoles(module: SourceElement): boolean {
  const type = attributeOf(module, 'type')?.value ?? 'role';
  return type === 'role' || type === 'principal';
}

function authorizationOf(domain: SourceElement, { ledger }: ImportContext): DomainParts {
  const authorization = childOf(domain, 'authorization');
  if (authorization === undefined) return nothing;
  const denied: string[] = [];
  for (const module of childrenOf(authorization, 'policy-module')) {
    if (permitting.includes(shortCode(codeOf(module)))) {
      ledger.noteTree(
        module,
        'approximated',
        'for the web it always permits: the constraints of the application decide',
      );
    } else {
      ledger.noteTree(module, 'refused', 'this authorization is not in this version', true);
      denied.push(`its authorization by ${codeOf(module)} is not in this version`);
    }
  }
  ledger.noteTree(authorization, 'approximated', 'the constraints of the application decide');
  return { comments: [], denied };
}

function auditOf(domain: SourceElement, { ledger }: ImportContext): DomainParts {
  const audit = childOf(domain, 'audit');
  for (const module of childrenOf(audit, 'provider-module')) {
    ledger.noteTree(module, 'approximated', 'every decision is in the audit log; passwords and tokens never are');
  }
  ledger.noteTree(audit, 'approximated', 'every decision is in the audit log, without a setting');
  return nothing;
}

function othersOf(domain: SourceElement, { ledger }: ImportContext): DomainParts {
  ledger.noteTree(childOf(domain, 'acl'), 'refused', 'asked through an API of Java only: it decides no login');
  ledger.noteTree(
    childOf(domain, 'identity-trust'),
    'refused',
    'it is about identities that another JBoss hands on, and nobody does here',
  );
  return nothing;
}
