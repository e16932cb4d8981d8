/** @module Mapping module OptionsRoleMappingProvider: roles that follow from roles (jboss-facts §4.5). */
import { z } from 'zod';
import { defineRoleMapper } from '../../spi/mapping.ts';
import { optionFlag } from '../../spi/option-values.ts';
import { nameTable, splitRoles, withRoles } from '../../wire/role-lists.ts';

const options = z.strictObject({
  rolesMap: nameTable.describe('Roles and what follows from them: `role=other1,other2;role2=other3`. Required.'),
  replaceRoles: optionFlag.default(false).describe('Take a role that is mapped away.'),
});

export const optionsRoleMappingProvider = defineRoleMapper({
  code: 'OptionsRoleMappingProvider',
  summary: 'Adds roles to the roles so far, or puts others in their place, by a table.',
  options,
  create({ rolesMap, replaceRoles }) {
    const table = new Map([...rolesMap].map(([role, list]) => [role, splitRoles(list)]));
    return {
      async map(roles) {
        const kept = replaceRoles ? roles.filter((role) => (table.get(role) ?? []).length === 0) : roles;
        // One pass over the roles that were there before: what a role is mapped to is not mapped again.
        return withRoles(
          kept,
          roles.flatMap((role) => table.get(role) ?? []),
        );
      },
    };
  },
});
