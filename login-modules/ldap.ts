/** @module Login module Ldap: binds as a DN made from the name, and searches roles as that user (jboss-facts §2.4). */
import { z } from 'zod';
import type { Directory, DirectoryAccount, DirectoryEntry } from '../src/spi/directory.ts';
import { GatehouseError } from '../src/spi/errors.ts';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { escapeDnValue, parseDn } from '../src/wire/ldap/dn.ts';
import { accountOf, checkPair, jndiPair } from '../src/wire/ldap/extended-options.ts';
import { fillFilter } from '../src/wire/ldap/filter.ts';
import {
  checkDirectoryOptions,
  directoryOptions,
  onlyFalse,
  openDirectory,
  searchScope,
  storedCredential,
} from '../src/wire/ldap/module-options.ts';
import { collectRoles } from '../src/wire/ldap/role-collector.ts';
import { bindVerdict, notAskedAsUser } from '../src/wire/ldap/user-search.ts';

const attributeName = optionText.refine((text) => /^[A-Za-z0-9][A-Za-z0-9.;-]*$/.test(text), 'must be an attribute');

const affix = z.union([z.literal(''), optionText]);

const options = z
  .strictObject({
    principalDNPrefix: affix
      .default('')
      .describe('What stands before the name in the DN, such as `uid=`. Behind a `=` the name is escaped.'),
    principalDNSuffix: affix
      .default('')
      .describe('What stands behind it, such as `,ou=people,dc=example,dc=com` or `@ad.example.com`.'),
    rolesCtxDN: optionText.optional().describe('Where roles are searched. Without it there are none.'),
    userRolesCtxDNAttributeName: attributeName
      .optional()
      .describe("The attribute of the user's entry that says where his roles are searched, before `rolesCtxDN`."),
    uidAttributeID: attributeName.default('uid').describe('The attribute of a role entry that holds its users.'),
    matchOnUserDN: optionFlag.default(false).describe('It holds the DNs of users and not their names.'),
    roleAttributeID: attributeName.default('roles').describe('The attribute of a role entry that holds roles.'),
    roleAttributeIsDN: optionFlag.default(false).describe('It holds DNs of entries of roles.'),
    roleNameAttributeID: attributeName
      .default('name')
      .describe('The attribute of such an entry that holds the name of the role.'),
    searchScope,
    allowEmptyPasswords: onlyFalse
      .default(false)
      .describe('Only `false`: an empty password would be an anonymous bind.'),
    'java.naming.security.principal': optionText
      .optional()
      .describe('Who searches roles; without it the user himself does.'),
    'java.naming.security.credentials': storedCredential
      .optional()
      .describe('The password of `java.naming.security.principal`.'),
    ...directoryOptions,
    ...usernamePasswordOptions,
  })
  .superRefine((value, issues) => {
    checkDirectoryOptions(value, issues);
    checkPair(value, jndiPair, issues);
  });

type Settings = Readonly<z.output<typeof options>>;

export const ldap = defineLoginModule({
  code: 'Ldap',
  summary: 'Users whose DN follows from their name, checked by a bind; roles by one search.',
  options,
  async create(settings, services) {
    const service = accountOf(settings['java.naming.security.principal'], settings['java.naming.security.credentials']);
    const directory = await openDirectory(settings, service, services);
    return usernamePasswordModule({
      options: settings,
      async check(name, credential, { signal }) {
        const dn = dnOf(settings, name);
        if (dn === undefined) return { status: 'failed', reason: 'unknown-user', note: 'the name is a DN of its own' };
        const verdict = bindVerdict(await directory.bind(dn, credential, signal));
        if (verdict.status === 'failed') return verdict;
        // JBoss swallows what goes wrong here: the user is in, without roles. The trace says so.
        try {
          const as = service === undefined ? { dn, credential } : undefined;
          return { ...verdict, contribution: { roles: await rolesOf(directory, settings, { name, dn }, as, signal) } };
        } catch (error) {
          if (!(error instanceof GatehouseError) || error.code !== 'ERR_STORE_UNAVAILABLE') throw error;
          return { ...verdict, contribution: { roles: [] }, note: `no roles: ${error.message}` };
        }
      },
      async assume(name, { signal }) {
        const dn = dnOf(settings, name);
        if (dn === undefined) return { status: 'failed', reason: 'unknown-user', note: 'the name is a DN of its own' };
        if (service === undefined) return { status: 'verified', note: 'only the user himself could search his roles' };
        const roles = await rolesOf(directory, settings, { name, dn }, undefined, signal);
        return { status: 'verified', contribution: { roles }, note: notAskedAsUser };
      },
      // As in JBoss: roles are looked for while a password is checked, and at no other time.
      contribute: async () => ({ roles: [] }),
      close: () => directory.close(),
    });
  },
});

/** `undefined` for a name that would put the user elsewhere in the tree. */
function dnOf({ principalDNPrefix: prefix, principalDNSuffix: suffix }: Settings, name: string): string | undefined {
  if (prefix.trimEnd().endsWith('=')) return `${prefix}${escapeDnValue(name)}${suffix}`;
  if (suffix.trimStart().startsWith(',') && parseDn(`${prefix}${name}`)?.length !== 1) return undefined;
  return `${prefix}${name}${suffix}`;
}

async function rolesOf(
  directory: Directory,
  settings: Settings,
  user: { readonly name: string; readonly dn: string },
  as: DirectoryAccount | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const search = (base: string, scope: 'base' | 'one' | 'sub', filter: string, attribute: string) =>
    directory.search({ base, scope, filter, attributes: [attribute], ...(as === undefined ? {} : { as }) }, signal);
  const read = async (dn: string, attribute: string): Promise<DirectoryEntry | undefined> =>
    (await search(dn, 'base', '(objectClass=*)', attribute))[0];

  const { userRolesCtxDNAttributeName: own, roleAttributeID, roleNameAttributeID } = settings;
  const base = (own === undefined ? undefined : (await read(user.dn, own))?.text(own)[0]) ?? settings.rolesCtxDN;
  if (base === undefined) return [];
  const filter = fillFilter(`(${settings.uidAttributeID}={0})`, [settings.matchOnUserDN ? user.dn : user.name]);
  const found = await search(base, settings.searchScope, filter, roleAttributeID);
  const collector = collectRoles(directory, signal);
  const values = found.flatMap((entry) => entry.text(roleAttributeID));
  if (!settings.roleAttributeIsDN) return [...new Set(values)];
  const groups = await collector.forEach([...new Set(values)], (dn) => read(dn, roleNameAttributeID));
  for (const group of groups) for (const name of group?.text(roleNameAttributeID) ?? []) collector.add(name);
  return [...collector.roles];
}
