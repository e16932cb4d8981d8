/** @module Files that give users roles: the roles.properties of UsersRoles and the group files of security realms. */
import { type PropertiesFile, parseProperties, propertiesByKey } from './properties-file.ts';

/** What a roles.properties says about one user. */
export interface UserRoles {
  /** Group `Roles`. */
  readonly roles: readonly string[];
  /** First member of group `CallerPrincipal`. */
  readonly callerPrincipal?: string;
  /** Every other group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads `user=r1,r2` and `user<separator>Group=r1,r2` (jboss-facts §2.2). The separator is looked for behind the whole user name,
 * so names may contain it. Role names are split at commas and not trimmed: `a, b` gives the role ` b`, as in JBoss.
 */
export function rolesOf(file: PropertiesFile, user: string, separator: string): UserRoles {
  const groups = new Map<string, string[]>();
  const prefix = user + separator;
  for (const [key, value] of propertiesByKey(file)) {
    const group = key === user ? 'Roles' : key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    if (group !== undefined) {
      const members = groups.get(group) ?? [];
      members.push(...value.split(',').filter((member) => member !== '' && !members.includes(member)));
      groups.set(group, members);
    }
  }
  const roles = groups.get('Roles') ?? [];
  const callerPrincipal = groups.get('CallerPrincipal')?.[0];
  groups.delete('Roles');
  groups.delete('CallerPrincipal');
  return {
    roles,
    ...(callerPrincipal === undefined ? {} : { callerPrincipal }),
    groups: Object.fromEntries(groups),
  };
}

/**
 * A realm's group file: `user=group1,group2`, each trimmed, empty ones dropped (jboss-facts §5.4).
 * @throws ERR_CONFIG_INVALID with `facts.line`
 */
export function parseGroupsFile(text: string): ReadonlyMap<string, readonly string[]> {
  const groups = [...propertiesByKey(parseProperties(text))].map(([user, list]): [string, readonly string[]] => [
    user,
    [...new Set(list.split(',').map((group) => group.trim()))].filter((group) => group !== ''),
  ]);
  return new Map(groups);
}
