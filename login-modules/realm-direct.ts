/** @module Login module RealmDirect: asks a security realm (jboss-facts §2.6). */
import { z } from 'zod';
import type { Evidence } from '../src/spi/evidence.ts';
import { defineLoginModule, type LoginContext } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import {
  type PasswordVerdict,
  usernamePasswordModule,
  usernamePasswordOptions,
} from '../src/spi/username-password-module.ts';

const options = z.strictObject({
  realm: optionText
    .default('ApplicationRealm')
    .describe(
      'The security realm that verifies and that gives the roles. It stops the server at start when there is none of this name.',
    ),
  ...usernamePasswordOptions,
});

export const realmDirect = defineLoginModule({
  code: 'RealmDirect',
  summary: 'Passwords and digests verified by a security realm, with the roles that the realm gives.',
  options,
  create(settings, services) {
    const realm = services.realm(settings.realm);

    async function verify(name: string, evidence: Evidence, context: LoginContext): Promise<PasswordVerdict> {
      const identity = await realm.identity(name, context.signal);
      const verdict = await identity.verify(evidence);
      switch (verdict) {
        case 'verified':
          return { status: 'verified', contribution: { roles: identity.roles } };
        case 'rejected':
          return { status: 'failed', reason: identity.exists ? 'bad-credential' : 'unknown-user' };
        case 'unsupported-evidence':
          return { status: 'failed', reason: verdict, note: `${evidence.kind} in realm ${realm.name}` };
        default:
          return verdict satisfies never;
      }
    }

    return usernamePasswordModule({
      options: settings,
      check: (username, password, context) => verify(username, { kind: 'password', username, password }, context),
      async assume(name, { signal }) {
        const identity = await realm.identity(name, signal);
        return identity.exists
          ? { status: 'verified', contribution: { roles: identity.roles } }
          : { status: 'failed', reason: 'unknown-user' };
      },
      checkDigest: (evidence, context) => verify(evidence.username, evidence, context),
      async contribute(name, context) {
        const identity = await realm.identity(name, context.signal);
        return { roles: identity.roles };
      },
    });
  },
});
