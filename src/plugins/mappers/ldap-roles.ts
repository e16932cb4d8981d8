/** @module Mapping module LdapRoles: roles that a directory has for a name (jboss-facts §4.5). */
import { z } from 'zod';
import { defineRoleMapper } from '../../spi/mapping.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';
import { accountOf, bindPair, checkPair, roleNameOptions, serviceOptions } from '../../wire/ldap/extended-options.ts';
import { mappedRoles } from '../../wire/ldap/mapped-roles.ts';
import {
  checkDirectoryOptions,
  directoryOptions,
  filterTemplate,
  openDirectory,
  searchScope,
} from '../../wire/ldap/module-options.ts';
import { withRoles } from '../../wire/role-lists.ts';

const options = z
  .strictObject({
    ...serviceOptions,
    rolesCtxDN: optionText.describe('Where roles are searched. Required.'),
    roleFilter: filterTemplate(1).describe(
      'How roles are found, such as `(memberUid={0})`. `{0}`: the name. Required.',
    ),
    ...roleNameOptions,
    roleAttributeIsDN: optionFlag.default(false).describe('It holds DNs of entries of roles.'),
    roleRecursion: z.coerce
      .number()
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe('No meaning: JBoss repeats the same search with the same name, which finds nothing more.'),
    searchScope,
    ...directoryOptions,
  })
  .superRefine((value, issues) => {
    checkDirectoryOptions(value, issues);
    checkPair(value, bindPair, issues);
  });

export const ldapRoles = defineRoleMapper({
  code: 'LdapRoles',
  summary: 'Adds the roles that a directory has for the name.',
  options,
  async create(settings, services) {
    const service = accountOf(settings.bindDN, settings.bindCredential);
    const directory = await openDirectory(settings, service, services);
    return {
      async map(roles, { callerPrincipal }, { signal }) {
        return withRoles(roles, await mappedRoles(directory, settings, callerPrincipal.name, signal));
      },
      close: () => directory.close(),
    };
  },
});
