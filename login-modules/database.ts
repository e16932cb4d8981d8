/** @module Login module Database: passwords and roles in an SQL database (jboss-facts §2.3). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { passwordHashOptions, rehashConflict } from '../src/spi/password-hash-options.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { databaseOptions, datasourceOf, readRoles, sqlOption } from '../src/wire/database-roles.ts';
import { openUsersTable } from '../src/wire/password/users-table.ts';

const options = z
  .strictObject({
    ...databaseOptions,
    principalsQuery: sqlOption(1)
      .default('select Password from Principals where PrincipalID=?')
      .describe('Asks for the stored password, first column, of the name that stands in for the `?`.'),
    rolesQuery: sqlOption(1)
      .optional()
      .describe(
        'Asks for roles, first column, and their groups, second column, of the name. Without it nobody has roles from here.',
      ),
    ...passwordHashOptions,
    'password-update': sqlOption(3)
      .optional()
      .describe(
        'When somebody signs in whose password is kept in an older way, this statement replaces it by an Argon2id hash; its `?` are new value, name, old value.',
      ),
    'passwords-query': sqlOption(0)
      .optional()
      .describe('Asks for all stored passwords, first column, for `gatehouse users report`.'),
    ...usernamePasswordOptions,
  })
  .refine((value) => value.storeDigestCallback !== undefined || !value.passwordIsA1Hash, {
    path: ['passwordIsA1Hash'],
    message: 'has a meaning only with storeDigestCallback org.jboss.security.auth.callback.RFC2617Digest',
  })
  .superRefine((value, issues) => {
    const message = rehashConflict({ ...value, rehash: value['password-update'] !== undefined });
    if (message !== undefined) issues.addIssue({ code: 'custom', path: ['password-update'], message });
  });

export const database = defineLoginModule({
  code: 'Database',
  summary: 'Passwords and roles in an SQL database, asked with the name as a bound parameter.',
  options,
  create(settings, services) {
    const datasource = datasourceOf(settings, services);
    const users = openUsersTable(
      datasource,
      { ...settings, passwordUpdate: settings['password-update'], passwordsQuery: settings['passwords-query'] },
      services,
    );
    const module = usernamePasswordModule({
      options: settings,
      check: users.check,
      checkDigest: users.checkDigest,
      assume: users.assume,
      contribute: (name, { signal }) =>
        readRoles(
          { datasource, query: settings.rolesQuery, name, mayHaveNone: settings.unauthenticatedIdentity !== undefined },
          signal,
        ),
    });
    return users.passwordReport === undefined ? module : { ...module, passwordReport: users.passwordReport };
  },
});
