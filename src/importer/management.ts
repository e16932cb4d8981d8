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

/** What `gatehouse vault import-jboss` asks, and the options of JBoss that say it (jboss-facts §9). */
const vaultArguments = [
  ['--keystore', 'KEYSTORE_URL'],
  ['--enc-dir', 'ENC_FILE_DIR'],
  ['--alias', 'KEYSTORE_ALIAS'],
  ['--salt', 'SALT'],
  ['--iteration', 'ITERATION_COUNT'],
] as const;

/** Both places of a vault: below the root, and in the security subsystem. */
export function reportVault(vault: SourceElement | undefined, context: ImportContext): readonly string[] {
  if (vault === undefined) return [];
  const { ledger } = context;
  if (attributeOf(vault, 'code') !== undefined) {
    ledger.noteTree(vault, 'refused', 'a vault of your own class: put its values into the vault of Gatehouse');
    ledger.task('put the values of your own vault in: gatehouse vault add <block> <attribute>', vault);
    return [`${context.at(vault)}: a vault of a class of your own.`];
  }
  ledger.noteTree(vault, 'approximated', 'references are kept; "gatehouse vault import-jboss" takes the values over');
  const options = new Map(
    childrenOf(vault, 'vault-option').map((one) => {
      const value = attributeOf(one, 'value');
      return [attributeOf(one, 'name')?.value ?? '', value === undefined ? undefined : context.expand(value).plain];
    }),
  );
  const command = vaultArguments.flatMap(([argument, option]) => {
    const value = options.get(option);
    return value === undefined ? [] : [`${argument} '${value.replaceAll("'", '')}'`];
  });
  // The masked password is one that everybody can unmask: it stays in the file.
  ledger.task(
    `gatehouse vault init; gatehouse vault import-jboss ${command.join(' ')} --keystore-password <as in line ${vault.line} and after>`,
    vault,
  );
  return [`${context.at(vault)}: take the vault over by "gatehouse vault import-jboss".`];
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
