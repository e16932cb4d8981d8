/** @module Names that people bring from JBoss or from the plan of Gatehouse and that this version refuses by name. */
import type { Path } from './problem.ts';

/** `*` stands for any name or index. */
const laterKeys: Readonly<Record<string, readonly string[]>> = {
  '': [
    'outbound-connections',
    'access-control',
    'management-interfaces',
    'sts',
    'tokens',
    'kerberos',
    'forward-auth',
    'cluster',
    'redis',
    'stores',
  ],
  bind: ['private'],
  'security-realms.*': ['server-identities', 'plug-ins'],
  'security-realms.*.authentication.*': ['local', 'ldap', 'truststore', 'kerberos', 'jaas', 'users', 'plug-in'],
  'security-realms.*.authorization': ['ldap', 'plug-in'],
  'security-domains.*': ['jsse'],
  'applications.*': ['forward-auth'],
};

/** What no version will have, and why: there is nothing here that it could be about (jboss-facts §4.8). */
const refusedKeys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'security-domains.*': {
    'identity-trust':
      'is refused: no identity arrives here that another server vouches for, so no trust module would ever be asked. Without it every caller is authenticated, which is what AlwaysNotApplicable means; leave it out',
    acl: 'is refused: nothing asks an access control list here; write constraints of the application, or authorization. Leave it out',
  },
};

/** Why there is no such key at this place, where there is a reason. */
export function refusalOf(parent: Path, key: string): string | undefined {
  const found = Object.entries(refusedKeys).find(([pattern]) => fits(pattern, parent));
  return found !== undefined && Object.hasOwn(found[1], key) ? found[1][key] : undefined;
}

function fits(pattern: string, path: Path): boolean {
  const parts = pattern === '' ? [] : pattern.split('.');
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index]);
}

/** True for a key that a later version has at this place. */
export function isLaterKey(parent: Path, key: string): boolean {
  return Object.entries(laterKeys).some(([pattern, keys]) => fits(pattern, parent) && keys.includes(key));
}

export const notInThisVersion = 'not in this version';
