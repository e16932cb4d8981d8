/** @module Login module ConfiguredIdentity: name and password for a connection that the server opens; nobody signs in with it (jboss-facts §2.6). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { stopIfAborted } from '../src/spi/username-password-module.ts';

const options = z
  .strictObject({
    principal: optionText.optional().meta({ absent: 'the user name' }).describe('The name of the principal.'),
    username: optionText
      .optional()
      .describe('The user name for the connection. It, its other name, or `principal` alone must be there.'),
    userName: optionText.optional().describe('Another name of `username`; only one of them can be set.'),
    password: optionText
      .optional()
      .describe('The password for the connection, best as a secret from the environment or a file.'),
    managedConnectionFactoryName: optionText
      .optional()
      .describe('Without effect: the JBoss name of the resource that the identity was for.'),
  })
  .refine((value) => value.username === undefined || value.userName === undefined, {
    path: ['userName'],
    message: 'is another name of username: only one of them can be set',
  })
  .refine((value) => (value.username ?? value.userName ?? value.principal) !== undefined, {
    path: ['username'],
    message: 'one of principal, username and userName must be set',
  });

export const configuredIdentity = defineLoginModule({
  code: 'ConfiguredIdentity',
  summary: 'Keeps the identity of an imported outbound connection; refuses everybody who wants to sign in.',
  options,
  create(_settings, { domain, logger }) {
    logger.warn(
      { domain, code: 'ConfiguredIdentity' },
      'nobody can sign in to this domain: its identity is for outbound connections',
    );
    return {
      async login({ signal }) {
        stopIfAborted(signal);
        // JBoss accepts everybody here, as the identity of the connection.
        return { status: 'failed', reason: 'not-permitted', note: 'an identity for outbound connections' };
      },
    };
  },
});
