/** @module Login module SecureIdentity: as ConfiguredIdentity, with a password that JBoss has encoded (jboss-facts §2.6). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { stopIfAborted } from '../src/spi/username-password-module.ts';
import { decodeSecureIdentity } from '../src/wire/password/secure-identity.ts';

const userNames = ['username', 'userName', 'principal'] as const;

const options = z
  .strictObject({
    username: optionText.optional().describe('The user name for the connection. One of the three names is required.'),
    userName: optionText.optional().describe('Another name of `username`; exactly one of the three can be set.'),
    principal: optionText.optional().describe('Another name of `username`; exactly one of the three can be set.'),
    password: optionText
      .refine(
        (encoded) => decodeSecureIdentity(encoded) !== undefined,
        'is not a password that SecureIdentity has encoded',
      )
      .describe(
        'The password for the connection, encoded by JBoss (Blowfish with a key that everybody knows). One that cannot be decoded stops the start.',
      ),
    managedConnectionFactoryName: optionText
      .optional()
      .describe('Without effect: the JBoss name of the resource that the identity was for.'),
  })
  .refine((value) => userNames.filter((name) => value[name] !== undefined).length === 1, {
    path: ['username'],
    message: 'exactly one of username, userName and principal must be set',
  });

export const secureIdentity = defineLoginModule({
  code: 'SecureIdentity',
  summary: 'As ConfiguredIdentity, with a password that JBoss has encoded; refuses everybody who wants to sign in.',
  options,
  create(_settings, { domain, logger }) {
    logger.warn(
      { domain, code: 'SecureIdentity' },
      'nobody can sign in to this domain: its identity is for outbound connections. Its password is hidden, not protected',
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
