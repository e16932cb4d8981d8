/** @module Login module LdapExtended: searches a user, binds as him, and searches his roles (jboss-facts §2.4). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { openExtendedDirectory } from '../src/wire/ldap/extended-directory.ts';
import {
  checkExtendedOptions,
  extendedUserOptions,
  roleNameOptions,
  searchedName,
} from '../src/wire/ldap/extended-options.ts';
import { extendedRoles } from '../src/wire/ldap/extended-roles.ts';
import { filterTemplate, searchScope } from '../src/wire/ldap/module-options.ts';
import { notAskedAsUser } from '../src/wire/ldap/user-search.ts';

/** No organisation nests groups deeper; a search of its own is made for each role on the way. */
const maxRecursion = 100;

const options = z
  .strictObject({
    ...extendedUserOptions,
    rolesCtxDN: optionText
      .optional()
      .describe('Where roles are searched. Without it there are none but `defaultRole`.'),
    roleFilter: filterTemplate(2)
      .optional()
      .describe('How roles are found, such as `(member={1})`. `{0}`: the name, `{1}`: the DN of the user.'),
    ...roleNameOptions,
    roleAttributeIsDN: optionFlag
      .default(false)
      .describe('It holds DNs of entries of roles. What the filter finds is then a role too.'),
    roleRecursion: z.coerce
      .number()
      .int()
      .min(0)
      .max(maxRecursion)
      .default(0)
      .describe('How often the filter is run again with what was found as `{1}`. Circles end.'),
    defaultRole: optionText.optional().describe('A role that every user of the directory has.'),
    searchScope,
    referralUserAttributeIDToCheck: optionText
      .optional()
      .describe(
        'The attribute in which an entry of another server must name the user for its roles to count. Without it none of them counts.',
      ),
    ...usernamePasswordOptions,
  })
  .superRefine((value, issues) => {
    checkExtendedOptions(value, issues);
    if ((value.rolesCtxDN === undefined) !== (value.roleFilter === undefined)) {
      const missing = value.rolesCtxDN === undefined ? 'rolesCtxDN' : 'roleFilter';
      issues.addIssue({ code: 'custom', path: [missing], message: 'is missing: base and filter go together' });
    }
  });

export const ldapExtended = defineLoginModule({
  code: 'LdapExtended',
  summary: 'Users, passwords and nested roles of an LDAP directory, found by filters.',
  options,
  async create(settings, services) {
    const { directory, find, check } = await openExtendedDirectory(settings, services);
    const { rolesCtxDN, roleFilter, defaultRole } = settings;

    async function rolesOf(name: string, dn: string, signal: AbortSignal): Promise<readonly string[]> {
      const found =
        rolesCtxDN === undefined || roleFilter === undefined
          ? []
          : await extendedRoles(
              directory,
              { ...settings, rolesCtxDN, roleFilter },
              { name: searchedName(settings, name), dn },
              signal,
            );
      return defaultRole === undefined || found.includes(defaultRole) ? found : [...found, defaultRole];
    }

    return usernamePasswordModule({
      options: settings,
      async check(name, password, { signal }) {
        const user = await find(name, signal);
        const verdict = await check(user, password, signal);
        if (verdict.status === 'failed' || user.status === 'failed') return verdict;
        return { ...verdict, contribution: { roles: await rolesOf(name, user.dn, signal) } };
      },
      async assume(name, { signal }) {
        const user = await find(name, signal);
        if (user.status === 'failed') return user;
        return {
          status: 'verified',
          contribution: { roles: await rolesOf(name, user.dn, signal) },
          note: notAskedAsUser,
        };
      },
      async contribute(name, { evidence, signal }) {
        if (evidence.kind === 'anonymous') return { roles: [] };
        const user = await find(name, signal);
        return { roles: user.status === 'found' ? await rolesOf(name, user.dn, signal) : [] };
      },
      close: () => directory.close(),
    });
  },
});
