/** @module Login module LdapUsers: checks passwords as LdapExtended does and gives no roles (jboss-facts §2.4). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import {
  bindPair,
  checkPair,
  extendedUserOptions,
  jndiPair,
  searchedName,
  serviceOf,
} from '../src/wire/ldap/extended-options.ts';
import { checkDirectoryOptions, openDirectory } from '../src/wire/ldap/module-options.ts';
import { checkUser, findUser, notAskedAsUser } from '../src/wire/ldap/user-search.ts';

const options = z.strictObject({ ...extendedUserOptions, ...usernamePasswordOptions }).superRefine((value, issues) => {
  checkDirectoryOptions(value, issues);
  checkPair(value, bindPair, issues);
  checkPair(value, jndiPair, issues);
});

export const ldapUsers = defineLoginModule({
  code: 'LdapUsers',
  summary: 'Users and passwords of an LDAP directory; roles come from another module.',
  options,
  async create(settings, services) {
    const referrals = settings['java.naming.referral'] === 'ignore' ? 'ignore' : 'follow';
    const directory = await openDirectory(settings, serviceOf(settings), services, referrals);
    const { baseCtxDN: base, baseFilter: filter, distinguishedNameAttribute: dnAttribute } = settings;
    return usernamePasswordModule({
      options: settings,
      async check(name, password, { signal }) {
        const user = await findUser(directory, { base, filter, dnAttribute }, searchedName(settings, name), signal);
        return checkUser(directory, user, base, password, signal);
      },
      async assume(name, { signal }) {
        const user = await findUser(directory, { base, filter, dnAttribute }, searchedName(settings, name), signal);
        return user.status === 'failed' ? user : { status: 'verified', note: notAskedAsUser };
      },
      contribute: async () => ({ roles: [] }),
      close: () => directory.close(),
    });
  },
});
