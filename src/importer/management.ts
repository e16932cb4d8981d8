/** @module What stands around the domains: management, RBAC, vault, outbound connections, Elytron (jboss-facts §5.1, §7, §9, §13): named and reported. */
import type { ImportContext } from './context.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

/** Lines for the end of `gatehouse.yaml`. */
export function reportManagement(management: SourceElement | undefined, context: ImportContext): readonly string[] {
  const { ledger } = context;
  if (management === undefined) return [];
  ledger.note(management, 'kept');
  const connections = childOf(management, 'outbound-connections');
  ledger.noteTree(connections, 'refused', 'directories are named by the LDAP login modules, not in one place');
  const audit = childOf(management, 'audit-log');
  ledger.noteTree(
    audit,
    'approximated',
    'the audit log of Gatehouse is on from the start; management operations come with a later version',
  );
  const interfaces = childOf(management, 'management-interfaces');
  ledger.noteTree(
    interfaces,
    'refused',
    'the management interface has health and metrics only in this version, and asks for no login',
  );
  const control = childOf(management, 'access-control');
  const roles = childrenOf(childOf(control, 'role-mapping'), 'role').map((role) => {
    const members = [...childrenOf(childOf(role, 'include'), 'user'), ...childrenOf(childOf(role, 'include'), 'group')];
    const names = members.map((member) => attributeOf(member, 'name')?.value ?? '');
    return `  ${attributeOf(role, 'name')?.value ?? ''}: ${names.join(', ')}`;
  });
  ledger.noteTree(control, 'refused', 'management roles are not in this version');
  if (control === undefined) return [];
  return [`${context.at(control)}: access-control is not in this version. Who had which management role:`, ...roles];
}

/** Both places of a vault: below the root, and in the security subsystem. */
export function reportVault(vault: SourceElement | undefined, context: ImportContext): readonly string[] {
  if (vault === undefined) return [];
  const why = 'the contents of the vault are encrypted: references to it are kept, and lead to the vault of Gatehouse';
  context.ledger.noteTree(vault, 'approximated', why);
  context.ledger.task('put what is in the vault of JBoss into that of Gatehouse: gatehouse vault --help', vault);
  return [`${context.at(vault)}: the vault of JBoss; see "gatehouse vault --help".`];
}

/** What a security subsystem has besides domains and vault: of schema 2.0, Elytron's. */
export function reportSecurityRest(subsystem: SourceElement | undefined, { ledger }: ImportContext): void {
  if (subsystem === undefined) return;
  ledger.note(subsystem, 'kept');
  ledger.noteTree(
    childOf(subsystem, 'security-management'),
    'outside',
    'subjects are never shared here, so there is nothing to copy',
  );
  for (const child of subsystem.children) {
    if (child.name.startsWith('elytron')) ledger.noteTree(child, 'refused', 'Elytron is not imported');
  }
}
