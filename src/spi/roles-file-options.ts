/** @module The options by which UsersRoles and its family name their files (jboss-facts §2.2). Spread into a strict zod object. */
import { optionText } from './option-values.ts';

export const rolesFileOptions = {
  rolesProperties: optionText
    .default('roles.properties')
    .describe('File of roles: `user=r1,r2`, `user.CallerPrincipal=name`, `user.Group=member`.'),
  defaultUsersProperties: optionText
    .default('defaultUsers.properties')
    .describe('Used when there is no file `usersProperties`; not merged with it.'),
  defaultRolesProperties: optionText
    .default('defaultRoles.properties')
    .describe('Used when there is no file `rolesProperties`; not merged with it.'),
  roleGroupSeperator: optionText
    .default('.')
    .describe(
      'What stands between user and group in the roles file. Only its first character counts. (Spelt as in JBoss.)',
    ),
} as const;
