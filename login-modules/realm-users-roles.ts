/** @module Login module RealmUsersRoles: the user and role files of a JBoss realm, without the realm (jboss-facts §2.2). */
import { z } from 'zod';
import { openFileStore } from '../src/spi/file-store.ts';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import { plainPasswordOptions } from '../src/spi/password-hash-options.ts';
import { rolesFileOptions } from '../src/spi/roles-file-options.ts';
import { Secret } from '../src/spi/secret.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { buildHa1 } from '../src/wire/http-digest.ts';
import { createDecoys } from '../src/wire/password/decoys.ts';
import { readStoredPassword, schemeName } from '../src/wire/password/stored-password.ts';
import { assumedVerdict, countNames } from '../src/wire/password/users-store.ts';
import { parseProperties } from '../src/wire/properties-file.ts';
import { rolesOf } from '../src/wire/roles-file.ts';

const withoutEffect = optionText
  .optional()
  .describe('Without effect, as in JBoss: the files of a realm are MD5 in HEX.');

const options = z.strictObject({
  realm: optionText.describe(
    'The name of the realm, which is part of every hash in the file of users. (JBoss takes the text `null` without it.)',
  ),
  usersProperties: optionText
    .default('users.properties')
    .describe('File of users, a line each: `user=HEX(MD5(user:realm:password))`.'),
  ...rolesFileOptions,
  ignorePasswordCase: optionFlag.default(false).describe('The case of a written hash does not count.'),
  hashAlgorithm: withoutEffect,
  hashStorePassword: withoutEffect,
  ...usernamePasswordOptions,
});

export const realmUsersRoles = defineLoginModule({
  code: 'RealmUsersRoles',
  summary: 'Users and roles in the property files that the add-user script of JBoss keeps.',
  options,
  async create(settings, services) {
    const users = await openFileStore(
      services,
      [settings.usersProperties, settings.defaultUsersProperties],
      parseUsers,
    );
    const roles = await openFileStore(
      services,
      [settings.rolesProperties, settings.defaultRolesProperties],
      parseProperties,
    );
    const separator = settings.roleGroupSeperator.slice(0, 1);
    const hashOptions = { ...plainPasswordOptions, ignorePasswordCase: settings.ignorePasswordCase };

    const module = usernamePasswordModule({
      options: settings,
      async check(name, password, { signal }) {
        const { byName, decoys } = await users.read();
        const stored = byName.get(name);
        const ha1 = new Secret(buildHa1(name, settings.realm, password.reveal()));
        // A hash of another kind (Argon2id …) is of the password itself.
        const typed = stored?.kind === 'hash' ? password : ha1;
        const question = { stored, typed, options: hashOptions, decoy: decoys.of(name) };
        return (await services.passwords.verify(question, signal))
          ? { status: 'verified' }
          : { status: 'failed', reason: stored === undefined ? 'unknown-user' : 'bad-credential' };
      },
      assume: async (name) => assumedVerdict((await users.read()).byName.get(name)),
      async contribute(name) {
        const { callerPrincipal, ...found } = rolesOf(await roles.read(), name, separator);
        return callerPrincipal === undefined
          ? found
          : { ...found, callerPrincipal: { name: callerPrincipal, type: 'user' } };
      },
    });
    return {
      ...module,
      async passwordReport() {
        const { byName } = await users.read();
        const names = [...byName.values()].map((stored) => schemeName(stored, 'ha1'));
        return [{ store: `file ${users.path() ?? ''}`, schemes: countNames(names) }];
      },
    };
  },
});

function parseUsers(text: string) {
  const { entries } = parseProperties(text);
  const byName = new Map(
    entries.map(({ key, value, firstLine }) => [key, readStoredPassword(value.trim(), { line: firstLine + 1 })]),
  );
  const decoys = createDecoys();
  for (const stored of byName.values()) decoys.note(stored);
  return { byName, decoys };
}
