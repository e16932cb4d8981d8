/** @module Names that people bring from JBoss or from the plan of Gatehouse and that this version refuses by name. */
import type { Path } from './problem.ts';

/** `*` stands for any name or index. */
const laterKeys: Readonly<Record<string, readonly string[]>> = {
  '': [
    'outbound-connections',
    'access-control',
    'management-interfaces',
    'saml-sp',
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
  'security-domains.*': ['authentication-jaspi', 'identity-trust', 'acl', 'jsse'],
  'applications.*': ['saml-sp', 'forward-auth'],
  'saml-idp.partners.*': ['attributes', 'attribute-mapping'],
};

/** True for a key that a later version has at this place. */
export function isLaterKey(parent: Path, key: string): boolean {
  return Object.entries(laterKeys).some(([pattern, keys]) => {
    const parts = pattern === '' ? [] : pattern.split('.');
    const fits = parts.length === parent.length && parts.every((part, index) => part === '*' || part === parent[index]);
    return fits && keys.includes(key);
  });
}

export const notInThisVersion = 'not in this version';
