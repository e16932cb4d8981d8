/** @module Login module PropertiesUsers: passwords in one property file, no roles (jboss-facts §2.2). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { passwordHashOptions, rehashConflict, rehashOption } from '../src/spi/password-hash-options.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { openUsersStore } from '../src/wire/password/users-store.ts';

const options = z
  .strictObject({
    usersProperties: optionText
      .optional()
      .meta({ absent: '`users.properties`' })
      .describe('File of users, a line each: `user=password`.'),
    properties: optionText.optional().describe('Another name of `usersProperties`; only one of them can be set.'),
    defaultUsersProperties: optionText
      .default('defaultUsers.properties')
      .describe('Used when there is no file `usersProperties`; not merged with it.'),
    ...passwordHashOptions,
    ...rehashOption,
    ...usernamePasswordOptions,
  })
  .superRefine((value, issues) => {
    const refuse = (name: string, message: string) => issues.addIssue({ code: 'custom', path: [name], message });
    if (value.properties !== undefined && value.usersProperties !== undefined) {
      refuse('properties', 'is another name of usersProperties: only one of them can be set');
    }
    if (value.passwordIsA1Hash && value.storeDigestCallback === undefined) {
      refuse('passwordIsA1Hash', 'has a meaning only with storeDigestCallback');
    }
    const conflict = rehashConflict(value);
    if (conflict !== undefined) refuse('rehash', conflict);
  });

export const propertiesUsers = defineLoginModule({
  code: 'PropertiesUsers',
  summary: 'Users and passwords in a property file that is read again when it changes; no roles.',
  options,
  async create(settings, services) {
    const path = settings.usersProperties ?? settings.properties ?? 'users.properties';
    const users = await openUsersStore(services, [path, settings.defaultUsersProperties], settings);
    const module = usernamePasswordModule({
      options: settings,
      check: users.check,
      checkDigest: users.checkDigest,
      assume: users.assume,
      contribute: async () => ({ roles: [] }),
    });
    return { ...module, passwordReport: users.passwordReport };
  },
});
