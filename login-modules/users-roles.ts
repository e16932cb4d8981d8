/** @module Login module UsersRoles: passwords and roles in two property files (jboss-facts §2.2). */
import { z } from 'zod';
import { openFileStore } from '../src/spi/file-store.ts';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { passwordHashOptions } from '../src/spi/password-hash-options.ts';
import {
  type PasswordVerdict,
  usernamePasswordModule,
  usernamePasswordOptions,
} from '../src/spi/username-password-module.ts';
import type { Argon2Hash } from '../src/wire/argon2.ts';
import {
  parseStoredPassword,
  type StoredPassword,
  verifyPassword,
  verifyStoredDigest,
} from '../src/wire/password-hash.ts';
import { parseProperties } from '../src/wire/properties-file.ts';
import { rolesOf } from '../src/wire/roles-file.ts';

const options = z
  .strictObject({
    usersProperties: optionText.default('users.properties').describe('File of users, a line each: `user=password`.'),
    rolesProperties: optionText
      .default('roles.properties')
      .describe('File of roles: `user=r1,r2`, `user.CallerPrincipal=name`, `user.Group=member`.'),
    defaultUsersProperties: optionText
      .default('defaultUsers.properties')
      .describe('Used when there is no file `usersProperties`.'),
    defaultRolesProperties: optionText
      .default('defaultRoles.properties')
      .describe('Used when there is no file `rolesProperties`.'),
    roleGroupSeperator: optionText
      .default('.')
      .describe(
        'What stands between user and group in the roles file. Only its first character counts. (Spelt as in JBoss.)',
      ),
    ...passwordHashOptions,
    ...usernamePasswordOptions,
  })
  .refine((value) => value.storeDigestCallback !== undefined || !value.passwordIsA1Hash, {
    path: ['passwordIsA1Hash'],
    message: 'has a meaning only with storeDigestCallback org.jboss.security.auth.callback.RFC2617Digest',
  });

export const usersRoles = defineLoginModule({
  code: 'UsersRoles',
  aliases: ['org.jboss.security.auth.spi.UsersRolesLoginModule'],
  summary: 'Users, passwords and roles in two property files that are read again when they change.',
  options,
  async create(settings, services) {
    const users = await openFileStore(
      services,
      [settings.usersProperties, settings.defaultUsersProperties],
      parsePasswords,
    );
    const roles = await openFileStore(
      services,
      [settings.rolesProperties, settings.defaultRolesProperties],
      parseProperties,
    );
    const separator = settings.roleGroupSeperator.slice(0, 1);
    const digestOnly = settings.storeDigestCallback !== undefined;

    return usernamePasswordModule({
      options: settings,
      async check(name, password) {
        if (digestOnly) {
          return { status: 'failed', reason: 'unsupported-evidence', note: 'storeDigestCallback takes digests only' };
        }
        const { byName, decoy } = await users.read();
        const stored = byName.get(name);
        return verdict(stored, await verifyPassword(stored, password, settings, decoy));
      },
      async checkDigest(evidence) {
        if (!digestOnly) {
          return { status: 'failed', reason: 'unsupported-evidence', note: 'digest without storeDigestCallback' };
        }
        const stored = (await users.read()).byName.get(evidence.username);
        return verdict(stored, verifyStoredDigest(stored, evidence, settings));
      },
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
  },
});

interface Passwords {
  readonly byName: ReadonlyMap<string, StoredPassword>;
  /** Any of the file's Argon2 hashes: run for those who have none, so that all names take the same time. */
  readonly decoy: Argon2Hash | undefined;
}

function parsePasswords(text: string): Passwords {
  const byName = new Map<string, StoredPassword>();
  let decoy: Argon2Hash | undefined;
  for (const { key, value, firstLine } of parseProperties(text).entries) {
    const stored = parseStoredPassword(value, firstLine + 1);
    byName.set(key, stored);
    decoy ??= stored.kind === 'argon2' ? stored.hash : undefined;
  }
  return { byName, decoy };
}

function verdict(stored: StoredPassword | undefined, verified: boolean): PasswordVerdict {
  if (verified) {
    return { status: 'verified' };
  }
  return { status: 'failed', reason: stored === undefined ? 'unknown-user' : 'bad-credential' };
}
