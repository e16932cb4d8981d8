/** @module Mapping module LdapAttributes: attributes of the user's entry in a directory (jboss-facts §4.5). */
import { z } from 'zod';
import { defineAttributeMapper } from '../../spi/mapping.ts';
import { optionText } from '../../spi/option-values.ts';
import { accountOf, bindPair, checkPair, serviceOptions } from '../../wire/ldap/extended-options.ts';
import {
  checkDirectoryOptions,
  directoryOptions,
  filterTemplate,
  openDirectory,
} from '../../wire/ldap/module-options.ts';
import { readEntry } from '../../wire/ldap/role-collector.ts';
import { findUser } from '../../wire/ldap/user-search.ts';

/** Each goes into the session and to partners that ask. */
const maxAttributes = 64;

const attributeList = optionText.transform((text, issues) => {
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length === 0 || names.length > maxAttributes || !names.every(isAttributeName)) {
    issues.addIssue({ code: 'custom', message: `must be up to ${maxAttributes} names of attributes, such as mail,cn` });
  }
  return names;
});

/** RFC 4512 §1.4 and §2.5, and no options. */
function isAttributeName(name: string): boolean {
  return /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)$/.test(name);
}

const options = z
  .strictObject({
    ...serviceOptions,
    baseCtxDN: optionText.describe('Where users are searched, with everything below. Required.'),
    baseFilter: filterTemplate(1).describe('How a user is found, such as `(uid={0})`. `{0}`: the name. Required.'),
    attributeList: attributeList.describe('Names of attributes, separated by commas: `mail,cn,sn`. Required.'),
    ...directoryOptions,
  })
  .superRefine((value, issues) => {
    checkDirectoryOptions(value, issues);
    checkPair(value, bindPair, issues);
  });

export const ldapAttributes = defineAttributeMapper({
  code: 'LdapAttributes',
  summary: "Adds attributes of the user's entry in a directory, under their names there.",
  options,
  async create(settings, services) {
    const service = accountOf(settings.bindDN, settings.bindCredential);
    const directory = await openDirectory(settings, service, services, 'ignore');
    const { baseCtxDN: base, baseFilter: filter, attributeList: names } = settings;
    return {
      async map(attributes, { callerPrincipal }, { signal }) {
        const user = await findUser(directory, { base, filter }, callerPrincipal.name, signal);
        if (user.status === 'failed') return attributes;
        const entry = await readEntry(directory, user.dn, names, signal);
        const found = names.flatMap((name): [string, readonly string[]][] => {
          const values = entry?.text(name) ?? [];
          return values.length === 0 ? [] : [[name, values]];
        });
        return { ...attributes, ...Object.fromEntries(found) };
      },
      close: () => directory.close(),
    };
  },
});
