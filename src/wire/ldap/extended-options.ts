/** @module The options by which LdapExtended and LdapUsers find and check a user (jboss-facts §2.4). */
import { z } from 'zod';
import type { DirectoryAccount } from '../../spi/directory.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';
import { Secret } from '../../spi/secret.ts';
import {
  checkDirectoryOptions,
  directoryOptions,
  filterTemplate,
  onlyFalse,
  storedCredential,
} from './module-options.ts';

/** Who searches. Spread into a module's strict zod object. */
export const serviceOptions = {
  bindDN: optionText
    .optional()
    .describe(
      'Who searches; without it `java.naming.security.principal`, where the module has that option; without both the search is anonymous.',
    ),
  bindCredential: storedCredential.optional().describe('The password of `bindDN`.'),
} as const;

/** Spread into a module's strict zod object. */
export const extendedUserOptions = {
  ...serviceOptions,
  'java.naming.security.principal': optionText.optional().describe('Who searches, where `bindDN` is not given.'),
  'java.naming.security.credentials': storedCredential
    .optional()
    .describe('The password of `java.naming.security.principal`.'),
  baseCtxDN: optionText.describe('Where users are searched, with everything below.'),
  baseFilter: filterTemplate(1).describe('How a user is found, such as `(uid={0})`. `{0}`: the name, escaped.'),
  distinguishedNameAttribute: optionText
    .default('distinguishedName')
    .describe('The attribute that holds the DN to bind with, where an entry has it.'),
  parseUsername: optionFlag
    .default(false)
    .describe('Search with a part of the name that was typed. The name itself stays as it is.'),
  usernameBeginString: optionText
    .optional()
    .describe('What precedes is cut off, up to the end of this text; nothing where it is not found.'),
  usernameEndString: optionText
    .optional()
    .describe('What follows is cut off, from the beginning of this text; nothing where it is not found.'),
  allowEmptyPasswords: onlyFalse.default(false).describe('Only `false`: an empty password would be an anonymous bind.'),
  ...directoryOptions,
} as const;

/** How the entry of a role names it. Spread into a strict zod object. */
export const roleNameOptions = {
  roleAttributeID: optionText.default('role').describe('The attribute of what is found that holds roles.'),
  roleNameAttributeID: optionText
    .default('name')
    .describe('The attribute of such an entry that holds the name of the role.'),
  parseRoleNameFromDN: optionFlag
    .default(false)
    .describe('Take the name of the role out of its DN: the leftmost value of `roleNameAttributeID` in it.'),
} as const;

const schema = z.strictObject(extendedUserOptions);
export type ExtendedUserSettings = Readonly<z.output<typeof schema>>;

type Pair = readonly [dn: string, credential: string];

/** For the `superRefine` of a module's options: both or none. */
export function checkPair(
  settings: Readonly<Record<string, unknown>>,
  pair: Pair,
  issues: z.core.$RefinementCtx,
): void {
  const [dn, credential] = pair;
  if ((settings[dn] === undefined) === (settings[credential] === undefined)) return;
  const missing = settings[dn] === undefined ? dn : credential;
  issues.addIssue({
    code: 'custom',
    path: [missing],
    message: 'is missing: name and password of who searches go together',
  });
}

export const bindPair: Pair = ['bindDN', 'bindCredential'];
export const jndiPair: Pair = ['java.naming.security.principal', 'java.naming.security.credentials'];

/** For the `superRefine` of a module with `extendedUserOptions`. */
export function checkExtendedOptions(
  settings: Parameters<typeof checkDirectoryOptions>[0] & Readonly<Record<string, unknown>>,
  issues: z.core.$RefinementCtx,
): void {
  checkDirectoryOptions(settings, issues);
  checkPair(settings, bindPair, issues);
  checkPair(settings, jndiPair, issues);
}

export function accountOf(dn: string | undefined, credential: string | undefined): DirectoryAccount | undefined {
  return dn === undefined || credential === undefined ? undefined : { dn, credential: new Secret(credential) };
}

export function serviceOf(settings: ExtendedUserSettings): DirectoryAccount | undefined {
  return (
    accountOf(settings.bindDN, settings.bindCredential) ??
    accountOf(settings['java.naming.security.principal'], settings['java.naming.security.credentials'])
  );
}

/** What `{0}` stands for. */
export function searchedName(settings: ExtendedUserSettings, name: string): string {
  if (!settings.parseUsername) return name;
  const { usernameBeginString: begin, usernameEndString: end } = settings;
  const from = begin === undefined ? -1 : name.indexOf(begin);
  const rest = begin === undefined || from === -1 ? name : name.slice(from + begin.length);
  const to = end === undefined ? -1 : rest.indexOf(end);
  return to === -1 ? rest : rest.slice(0, to);
}
