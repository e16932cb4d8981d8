/** @module Login module LdapUsers: checks passwords as LdapExtended does and gives no roles (jboss-facts §2.4). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { openExtendedDirectory } from '../src/wire/ldap/extended-directory.ts';
import { checkExtendedOptions, extendedUserOptions } from '../src/wire/ldap/extended-options.ts';
import { notAskedAsUser } from '../src/wire/ldap/user-search.ts';

const options = z
  .strictObject({ ...extendedUserOptions, ...usernamePasswordOptions })
  .superRefine((value, issues) => checkExtendedOptions(value, issues));

export const ldapUsers = defineLoginModule({
  code: 'LdapUsers',
  summary: 'Users and passwords of an LDAP directory; roles come from another module.',
  options,
  async create(settings, services) {
    const { directory, find, check } = await openExtendedDirectory(settings, services);
    return usernamePasswordModule({
      options: settings,
      check: async (name, password, { signal }) => check(await find(name, signal), password, signal),
      async assume(name, { signal }) {
        const user = await find(name, signal);
        return user.status === 'failed' ? user : { status: 'verified', note: notAskedAsUser };
      },
      contribute: async () => ({ roles: [] }),
      close: () => directory.close(),
    });
  },
});
