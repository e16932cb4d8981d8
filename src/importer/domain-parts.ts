/** @module What a security domain has besides its modules (jboss-facts §4.1, §4.8): what is kept of it, and what makes the domain refuse. */
import type { ImportContext } from './context.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface DomainParts {
  readonly comments: readonly string[];
  /** Why nobody may get in. */
  readonly denied: readonly string[];
}

/** Puts every part of the domain but its authentication, `mapping` and `authorization` into the ledger. */
export function domainParts(domain: SourceElement, context: ImportContext): DomainParts {
  const parts = [cacheOf(domain, context), auditOf(domain, context), othersOf(domain, context)];
  return {
    comments: parts.flatMap(({ comments }) => comments),
    denied: parts.flatMap(({ denied }) => denied),
  };
}

const nothing: DomainParts = { comments: [], denied: [] };
function cacheOf(domain: SourceElement, { ledger }: ImportContext): DomainParts {
  const cache = attributeOf(domain, 'cache-type');
  ledger.note(
    cache,
    'stricter',
    'a login is kept for 300 s and until a file changes; JBoss kept it for ever, a changed password and a disabled user too',
  );
  return nothing;
}

/** The one provider that JBoss has (jboss-facts §13); every other one is somebody's class. */
const shippedProvider = 'org.jboss.security.audit.providers.LogAuditProvider';

function auditOf(domain: SourceElement, { ledger }: ImportContext): DomainParts {
  const audit = childOf(domain, 'audit');
  const name = attributeOf(domain, 'name')?.value ?? '';
  for (const module of childrenOf(audit, 'provider-module')) {
    const code = attributeOf(module, 'code')?.value ?? '';
    if (code === shippedProvider) {
      ledger.noteTree(module, 'approximated', 'every decision is in the audit log; passwords and tokens never are');
      continue;
    }
    ledger.noteTree(module, 'refused', 'a class of your own: write it anew, docs/audit-providers.md tells how');
    ledger.task(
      `${name}: records do not go to ${code} any more; docs/audit-providers.md tells where they can go`,
      module,
    );
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
