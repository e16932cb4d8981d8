/** @module Mapping module DatabaseRoles: roles in an SQL database (jboss-facts §4.5). */
import { z } from 'zod';
import { defineRoleMapper } from '../../spi/mapping.ts';
import { databaseOptions, datasourceOf, sqlOption, textOf } from '../../wire/database-roles.ts';
import { withRoles } from '../../wire/role-lists.ts';

const options = z.strictObject({
  ...databaseOptions,
  rolesQuery: sqlOption(1).describe(
    'Asks for roles, first column, of the name that stands in for the `?`, such as `select role from roles where name = ?`. Required.',
  ),
});

export const databaseRoles = defineRoleMapper({
  code: 'DatabaseRoles',
  summary: 'Adds the roles that a query of an SQL database gives for the name.',
  options,
  create(settings, services) {
    const datasource = datasourceOf(settings, services);
    return {
      async map(roles, { callerPrincipal }, { signal }) {
        const rows = await datasource.query(settings.rolesQuery, [callerPrincipal.name], signal);
        const found = rows.flatMap(([role = null]) => textOf(role) ?? []);
        return withRoles(
          roles,
          found.filter((role) => role !== ''),
        );
      },
    };
  },
});
