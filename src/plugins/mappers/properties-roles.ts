/** @module Mapping module PropertiesRoles: roles in a property file (jboss-facts §4.5). */
import { z } from 'zod';
import { openFileStore } from '../../spi/file-store.ts';
import { defineRoleMapper } from '../../spi/mapping.ts';
import { optionText } from '../../spi/option-values.ts';
import { parseProperties, propertiesByKey } from '../../wire/properties-file.ts';
import { splitRoles, withRoles } from '../../wire/role-lists.ts';

const options = z.strictObject({
  rolesProperties: optionText
    .default('roles.properties')
    .describe('File of roles, a line each: `user=role1,role2`. It is read again when it changes.'),
});

export const propertiesRoles = defineRoleMapper({
  code: 'PropertiesRoles',
  summary: 'Adds the roles that a property file gives users.',
  options,
  async create(settings, services) {
    const file = await openFileStore(services, [settings.rolesProperties], parseRoles);
    return {
      async map(roles, { callerPrincipal }) {
        return withRoles(roles, (await file.read()).get(callerPrincipal.name) ?? []);
      },
    };
  },
});

/** Unlike the file of UsersRoles it has no groups: `user.CallerPrincipal` is a user of that name. @throws ERR_CONFIG_INVALID with `line` */
function parseRoles(text: string): ReadonlyMap<string, readonly string[]> {
  const entries = [...propertiesByKey(parseProperties(text))];
  return new Map(entries.map(([user, list]) => [user, splitRoles(list)]));
}
