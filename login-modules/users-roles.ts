/** @module Login module UsersRoles: passwords and roles in two property files (jboss-facts §2.2). */
import { z } from 'zod';
import { openFileStore } from '../src/spi/file-store.ts';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { passwordHashOptions, rehashConflict, rehashOption } from '../src/spi/password-hash-options.ts';
import { rolesFileOptions } from '../src/spi/roles-file-options.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { openUsersStore } from '../src/wire/password/users-store.ts';
import { parseProperties } from '../src/wire/properties-file.ts';
import { rolesOf } from '../src/wire/roles-file.ts';

const options = z
  .strictObject({
    usersProperties: optionText.default('users.properties').describe('File of users, a line each: `user=password`.'),
    ...rolesFileOptions,
    ...passwordHashOptions,
    ...rehashOption,
    ...usernamePasswordOptions,
  })
  .refine((value) => value.storeDigestCallback !== undefined || !value.passwordIsA1Hash, {
    path: ['passwordIsA1Hash'],
    message: 'has a meaning only with storeDigestCallback org.jboss.security.auth.callback.RFC2617Digest',
  })
  .superRefine((value, issues) => {
    const message = rehashConflict(value);
    if (message !== undefined) issues.addIssue({ code: 'custom', path: ['rehash'], message });
  });

export const usersRoles = defineLoginModule({
  code: 'UsersRoles',
  summary: 'Users, passwords and roles in two property files that are read again when they change.',
  options,
  async create(settings, services) {
    const users = await openUsersStore(services, [settings.usersProperties, settings.defaultUsersProperties], settings);
    const roles = await openFileStore(
      services,
      [settings.rolesProperties, settings.defaultRolesProperties],
      parseProperties,
    );
    const separator = settings.roleGroupSeperator.slice(0, 1);
    const module = usernamePasswordModule({
      options: settings,
      check: users.check,
      checkDigest: users.checkDigest,
      assume: users.assume,
      async contribute(name) {
        const found = rolesOf(await roles.read(), name, separator);
        return {
          roles: found.roles,
          groups: found.groups,
          ...(found.callerPrincipal === undefined
            ? {}
            : { callerPrincipal: { name: found.callerPrincipal, type: 'user' } }),
        };
      },
    });
    return { ...module, passwordReport: users.passwordReport };
  },
});
