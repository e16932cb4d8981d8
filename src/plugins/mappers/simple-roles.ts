/** @module Mapping module SimpleRoles: the options themselves are users and their roles (jboss-facts §4.5). */
import { z } from 'zod';
import { defineRoleMapper } from '../../spi/mapping.ts';
import { optionText } from '../../spi/option-values.ts';
import { splitRoles, withRoles } from '../../wire/role-lists.ts';

const options = z.record(z.string(), optionText.describe('Roles of the user of this name: `role1,role2`.'));

export const simpleRoles = defineRoleMapper({
  code: 'SimpleRoles',
  summary: 'Adds roles to users: each option is a user and his roles.',
  options,
  create(settings) {
    const table = new Map(Object.entries(settings).map(([user, list]) => [user, splitRoles(list)]));
    return {
      map: async (roles, { callerPrincipal }) => withRoles(roles, table.get(callerPrincipal.name) ?? []),
    };
  },
});
