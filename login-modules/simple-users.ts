/** @module Login module SimpleUsers: the options themselves are users and passwords (jboss-facts §2.2). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { passwordHashOptions } from '../src/spi/password-hash-options.ts';
import type { StoredPassword } from '../src/spi/passwords.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { createDecoys } from '../src/wire/password/decoys.ts';
import { readStoredPassword, schemeName } from '../src/wire/password/stored-password.ts';
import { assumedVerdict, countNames } from '../src/wire/password/users-store.ts';
import { verifyDigestText } from '../src/wire/password-hash.ts';

const known = { ...passwordHashOptions, ...usernamePasswordOptions } as const;

/** Options of JBoss's base classes that this version does not have: none of them is meant for a user. */
const reserved: readonly string[] = [
  'usersProperties',
  'defaultUsersProperties',
  'properties',
  'rolesProperties',
  'defaultRolesProperties',
  'roleGroupSeperator',
  'digestCallback',
  'legacyCreatePasswordHash',
  'inputValidator',
  'throwValidateError',
  'principalClass',
  'principalClassModule',
  'module',
  'jboss.security.security_domain',
  'rehash',
];

const options = z
  .object(known)
  .catchall(optionText)
  .superRefine((value, issues) => {
    for (const name of Object.keys(value).filter((name) => reserved.includes(name))) {
      issues.addIssue({ code: 'custom', path: [name], message: 'is an option that SimpleUsers does not have' });
    }
    if (value.passwordIsA1Hash && value.storeDigestCallback === undefined) {
      issues.addIssue({
        code: 'custom',
        path: ['passwordIsA1Hash'],
        message: 'has a meaning only with storeDigestCallback',
      });
    }
  });

export const simpleUsers = defineLoginModule({
  code: 'SimpleUsers',
  summary: 'Users and passwords written as options of the module; no roles.',
  options,
  create(settings, { passwords, domain }) {
    const users = new Map<string, StoredPassword>();
    const decoys = createDecoys();
    for (const [name, text] of Object.entries(settings)) {
      if (Object.hasOwn(known, name)) continue;
      const stored = readStoredPassword(String(text), { domain, user: name });
      users.set(name, stored);
      decoys.note(stored);
    }
    const digestOnly = settings.storeDigestCallback !== undefined;
    const outcome = (stored: StoredPassword | undefined, verified: boolean) =>
      verified
        ? ({ status: 'verified' } as const)
        : ({ status: 'failed', reason: stored === undefined ? 'unknown-user' : 'bad-credential' } as const);

    const module = usernamePasswordModule({
      options: settings,
      async check(name, typed, { signal }) {
        if (digestOnly) {
          return { status: 'failed', reason: 'unsupported-evidence', note: 'storeDigestCallback takes digests only' };
        }
        const stored = users.get(name);
        const question = { stored, typed, options: settings, decoy: decoys.of(name) };
        return outcome(stored, await passwords.verify(question, signal));
      },
      async checkDigest(evidence) {
        if (!digestOnly) {
          return { status: 'failed', reason: 'unsupported-evidence', note: 'digest without storeDigestCallback' };
        }
        const stored = users.get(evidence.username);
        return outcome(stored, verifyDigestText(stored?.kind === 'text' ? stored.text : '', evidence, settings));
      },
      assume: async (name) => assumedVerdict(users.get(name)),
      contribute: async () => ({ roles: [] }),
    });
    return {
      ...module,
      async passwordReport() {
        const names = [...users.values()].map((stored) => schemeName(stored, settings.hashAlgorithm));
        return [{ store: `options of SimpleUsers in ${domain}`, schemes: countNames(names) }];
      },
    };
  },
});
