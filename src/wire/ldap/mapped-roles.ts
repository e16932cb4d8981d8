/** @module The role search of the mapping module LdapRoles: one filter, run once with the name (jboss-facts §4.5). */
import type { Directory } from '../../spi/directory.ts';
import { valueInDn } from './dn.ts';
import type { ExtendedRoleSettings } from './extended-roles.ts';
import { fillFilter } from './filter.ts';
import { collectRoles } from './role-collector.ts';

export type MappedRoleSettings = Omit<ExtendedRoleSettings, 'roleRecursion' | 'referralUserAttributeIDToCheck'>;

/** What a referral brings does not count, as in `extendedRoles`: the other server may know somebody else by this name. @throws ERR_STORE_UNAVAILABLE */
export async function mappedRoles(
  directory: Directory,
  settings: MappedRoleSettings,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { roleAttributeID, roleNameAttributeID } = settings;
  const collector = collectRoles(directory, signal);
  const entries = await directory.search(
    {
      base: settings.rolesCtxDN,
      scope: settings.searchScope,
      filter: fillFilter(settings.roleFilter, [name]),
      attributes: [roleAttributeID],
    },
    signal,
  );
  const values = entries.filter(({ home }) => home === undefined).flatMap((entry) => entry.text(roleAttributeID));
  if (settings.roleAttributeIsDN && !settings.parseRoleNameFromDN) {
    await collector.addNamesOf(values, roleNameAttributeID);
  } else {
    for (const value of values) {
      collector.add(settings.roleAttributeIsDN ? valueInDn(value, roleNameAttributeID) : value);
    }
  }
  return [...collector.roles];
}
