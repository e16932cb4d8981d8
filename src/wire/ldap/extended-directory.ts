/** @module The directory as LdapExtended and LdapUsers ask it: who searches, where referrals lead, and who a name is (jboss-facts §2.4). */
import type { Directory } from '../../spi/directory.ts';
import type { Secret } from '../../spi/secret.ts';
import type { PasswordVerdict } from '../../spi/username-password-module.ts';
import { type ExtendedUserSettings, searchedName, serviceOf } from './extended-options.ts';
import { type DirectoryServices, openDirectory } from './module-options.ts';
import { checkUser, findUser, type UserSearchResult } from './user-search.ts';

export interface ExtendedDirectory {
  /** For what else a module looks up there; whoever opened this closes it. */
  readonly directory: Directory;
  /** @throws ERR_STORE_UNAVAILABLE, as does `check` */
  find(name: string, signal: AbortSignal): Promise<UserSearchResult>;
  check(user: UserSearchResult, password: Secret<string>, signal: AbortSignal): Promise<PasswordVerdict>;
}

/** @throws as `openDirectory` does */
export async function openExtendedDirectory(
  settings: ExtendedUserSettings,
  services: DirectoryServices,
): Promise<ExtendedDirectory> {
  // JBoss catches the referral that it has JNDI throw and goes there itself.
  const referrals = settings['java.naming.referral'] === 'ignore' ? 'ignore' : 'follow';
  const directory = await openDirectory(settings, serviceOf(settings), services, referrals);
  const { baseCtxDN: base, baseFilter: filter, distinguishedNameAttribute: dnAttribute } = settings;
  return {
    directory,
    find: (name, signal) => findUser(directory, { base, filter, dnAttribute }, searchedName(settings, name), signal),
    check: (user, password, signal) => checkUser(directory, user, base, password, signal),
  };
}
