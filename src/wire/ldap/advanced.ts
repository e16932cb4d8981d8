/** @module AdvancedLdap and AdvancedAdLdap: their options, their module, and their role search (jboss-facts §2.4). */
import { z } from 'zod';
import type { Directory } from '../../spi/directory.ts';
import type { LoginModule, ModuleServices } from '../../spi/login-module.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../../spi/username-password-module.ts';
import { accountOf, bindPair, checkPair, serviceOptions } from './extended-options.ts';
import { escapeFilterBytes, fillFilter } from './filter.ts';
import {
  checkDirectoryOptions,
  directoryOptions,
  filterTemplate,
  onlyFalse,
  openDirectory,
  searchScope,
} from './module-options.ts';
import { collectRoles, countsAsRole, readEntry } from './role-collector.ts';
import { primaryGroupSid } from './sid.ts';
import { checkUser, findUser, type UserSearchResult } from './user-search.ts';

const fields = z.strictObject({
  bindAuthentication: z
    .literal('simple', { error: 'only simple: Kerberos for the bind is not in this version' })
    .default('simple')
    .describe('How the module binds. Nothing else is done.'),
  ...serviceOptions,
  baseCtxDN: optionText
    .optional()
    .describe('Where users are searched, with everything below. Without it the name itself is taken for a DN.'),
  baseFilter: filterTemplate(1)
    .optional()
    .describe('How a user is found, such as `(uid={0})`. `{0}`: the name, escaped. It goes together with `baseCtxDN`.'),
  rolesCtxDN: optionText.optional().describe('Where roles are searched. It goes together with `roleFilter`.'),
  roleFilter: filterTemplate(2)
    .optional()
    .describe(
      "How roles are found. `{0}`: the name, `{1}`: the DN. Without it `roleAttributeID` is read from the user's own entry.",
    ),
  recurseRoles: optionFlag.default(false).describe('Look for the roles of roles, however deep. Circles end.'),
  roleAttributeID: optionText.optional().describe('The attribute that holds roles. Without it there are none.'),
  roleAttributeIsDN: optionFlag.default(false).describe('It holds DNs of entries of roles.'),
  roleNameAttributeID: optionText
    .optional()
    .describe('The attribute of such an entry that holds the name of the role.'),
  searchScope,
  referralUserAttributeIDToCheck: optionText
    .optional()
    .describe(
      'The attribute in which an entry of another server must name the user for its roles to count. Without it none of them counts.',
    ),
  allowEmptyPassword: onlyFalse
    .default(false)
    .describe('Only `false`: an empty password would be an anonymous bind. (Spelt as in JBoss.)'),
  ...directoryOptions,
  ...usernamePasswordOptions,
});

type Settings = Readonly<z.output<typeof fields>>;

export const advancedLdapOptions = fields.superRefine((settings, issues) => {
  checkDirectoryOptions(settings, issues);
  checkPair(settings, bindPair, issues);
  const needs = (option: keyof Settings, other: keyof Settings) => {
    if (settings[option] !== undefined && settings[option] !== false && settings[other] === undefined) {
      issues.addIssue({ code: 'custom', path: [other], message: `is missing: ${option} needs it` });
    }
  };
  needs('baseCtxDN', 'baseFilter');
  needs('baseFilter', 'baseCtxDN');
  needs('roleFilter', 'rolesCtxDN');
  needs('rolesCtxDN', 'roleFilter');
  needs('roleAttributeIsDN', 'roleNameAttributeID');
});

/** @param primaryGroup also the group that Active Directory keeps as a number on the user (AdvancedAdLdap) */
export async function advancedLdapModule(
  settings: Settings,
  services: ModuleServices,
  primaryGroup: boolean,
): Promise<LoginModule> {
  const service = accountOf(settings.bindDN, settings.bindCredential);
  // JBoss catches the referral that it has JNDI throw and goes there itself.
  const referrals = settings['java.naming.referral'] === 'ignore' ? 'ignore' : 'follow';
  const directory = await openDirectory(settings, service, services, referrals);
  const { baseCtxDN, baseFilter } = settings;

  async function find(name: string, signal: AbortSignal): Promise<UserSearchResult> {
    if (baseCtxDN === undefined || baseFilter === undefined) return { status: 'found', dn: name };
    return findUser(directory, { base: baseCtxDN, filter: baseFilter }, name, signal);
  }

  async function rolesOf(name: string, dn: string, signal: AbortSignal): Promise<readonly string[]> {
    const group =
      primaryGroup && baseCtxDN !== undefined ? await primaryGroupOf(directory, baseCtxDN, dn, signal) : undefined;
    return advancedRoles(directory, settings, { name, dn }, group === undefined ? [] : [group], signal);
  }

  return usernamePasswordModule({
    options: settings,
    async check(name, password, { signal }) {
      const user = await find(name, signal);
      const verdict = await checkUser(directory, user, baseCtxDN ?? '', password, signal);
      if (verdict.status === 'failed' || user.status === 'failed') return verdict;
      return { ...verdict, contribution: { roles: await rolesOf(name, user.dn, signal) } };
    },
    async contribute(name, { evidence, signal }) {
      if (evidence.kind === 'anonymous') return { roles: [] };
      const user = await find(name, signal);
      return { roles: user.status === 'found' ? await rolesOf(name, user.dn, signal) : [] };
    },
    close: () => directory.close(),
  });
}

/** The DN of the group; `undefined` for an entry that has none. @throws ERR_STORE_UNAVAILABLE */
async function primaryGroupOf(
  directory: Directory,
  base: string,
  dn: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const user = await readEntry(directory, dn, ['primaryGroupID'], signal, ['objectSid']);
  const [id] = user?.text('primaryGroupID') ?? [];
  const [own] = user?.bytes('objectSid') ?? [];
  const sid = own === undefined || id === undefined ? undefined : primaryGroupSid(own, id);
  if (sid === undefined) return undefined;
  const filter = `(objectSid=${escapeFilterBytes(sid)})`;
  return (await directory.search({ base, scope: 'sub', filter, attributes: [], atMost: 1 }, signal))[0]?.dn;
}

async function advancedRoles(
  directory: Directory,
  settings: Settings,
  user: { readonly name: string; readonly dn: string },
  groups: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { roleAttributeID, roleNameAttributeID, rolesCtxDN, roleFilter } = settings;
  const checked = settings.referralUserAttributeIDToCheck;
  const collector = collectRoles(directory, signal);
  collector.firstVisit(user.dn);

  async function valuesAt(dn: string): Promise<readonly string[]> {
    if (roleAttributeID === undefined) return [];
    if (roleFilter === undefined || rolesCtxDN === undefined) {
      return (await readEntry(directory, dn, [roleAttributeID], signal))?.text(roleAttributeID) ?? [];
    }
    const filter = fillFilter(roleFilter, [user.name, dn]);
    const attributes = [roleAttributeID, ...(checked === undefined ? [] : [checked])];
    const found = await directory.search({ base: rolesCtxDN, scope: settings.searchScope, filter, attributes }, signal);
    return found.filter((entry) => countsAsRole(entry, checked, user)).flatMap((entry) => entry.text(roleAttributeID));
  }

  async function addGroups(dns: readonly string[]): Promise<readonly string[]> {
    if (roleNameAttributeID !== undefined) await collector.addNamesOf(dns, roleNameAttributeID);
    return settings.recurseRoles ? dns.filter((dn) => collector.firstVisit(dn)) : [];
  }

  let level: readonly string[] = [user.dn, ...(await addGroups(groups))];
  while (level.length > 0) {
    const values = (await collector.forEach(level, valuesAt)).flat();
    if (!settings.roleAttributeIsDN) for (const value of values) collector.add(value);
    level = settings.roleAttributeIsDN ? await addGroups(values) : [];
  }
  return [...collector.roles];
}
