/** @module The role search of LdapExtended: a filter, run again for each role that it finds (jboss-facts §2.4). */
import type { Directory, SearchScope } from '../../spi/directory.ts';
import { valueInDn } from './dn.ts';
import { fillFilter } from './filter.ts';
import { collectRoles, countsAsRole } from './role-collector.ts';

export interface ExtendedRoleSettings {
  readonly rolesCtxDN: string;
  readonly roleFilter: string;
  readonly roleAttributeID: string;
  readonly roleAttributeIsDN: boolean;
  readonly roleNameAttributeID: string;
  readonly parseRoleNameFromDN: boolean;
  readonly roleRecursion: number;
  readonly searchScope: SearchScope;
  readonly referralUserAttributeIDToCheck?: string | undefined;
}

/** @throws ERR_STORE_UNAVAILABLE */
export async function extendedRoles(
  directory: Directory,
  settings: ExtendedRoleSettings,
  user: { readonly name: string; readonly dn: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { roleAttributeID, roleNameAttributeID, roleAttributeIsDN, parseRoleNameFromDN } = settings;
  const checked = settings.referralUserAttributeIDToCheck;
  const attributes = [roleAttributeID, roleNameAttributeID, ...(checked === undefined ? [] : [checked])];
  const collector = collectRoles(directory, signal);
  collector.firstVisit(user.dn);

  async function addDns(dns: readonly string[]): Promise<void> {
    if (!parseRoleNameFromDN) return collector.addNamesOf(dns, roleNameAttributeID);
    for (const dn of dns) collector.add(valueInDn(dn, roleNameAttributeID));
  }

  // Level by level, so that a role is reached by its shortest way and the depth counts as it is meant.
  let level: readonly string[] = [user.dn];
  for (let depth = 0; depth <= settings.roleRecursion && level.length > 0; depth += 1) {
    const answers = await collector.forEach(level, (dn) =>
      directory.search(
        {
          base: settings.rolesCtxDN,
          scope: settings.searchScope,
          filter: fillFilter(settings.roleFilter, [user.name, dn]),
          attributes,
        },
        signal,
      ),
    );
    const next: string[] = [];
    for (const entry of answers.flat()) {
      if (!countsAsRole(entry, checked, user)) continue;
      if (depth === 0 && roleAttributeIsDN) {
        const names = parseRoleNameFromDN
          ? [valueInDn(entry.dn, roleNameAttributeID)]
          : entry.text(roleNameAttributeID);
        for (const name of names) collector.add(name);
      }
      const values = entry.text(roleAttributeID);
      if (roleAttributeIsDN) await addDns(values);
      else for (const value of values) collector.add(value);
      if (collector.firstVisit(entry.dn)) next.push(entry.dn);
    }
    level = next;
  }
  return [...collector.roles];
}
