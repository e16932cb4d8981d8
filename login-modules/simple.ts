/** @module Login module Simple: accepts a password that equals the name (jboss-facts §2.6). For trials only. */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { usernamePasswordModule, usernamePasswordOptions } from '../src/spi/username-password-module.ts';
import { equalText } from '../src/wire/equal-text.ts';

/** Name and role of a caller who showed nothing. */
const guest = 'guest';

const options = z.strictObject({
  ...usernamePasswordOptions,
  unauthenticatedIdentity: optionText
    .default(guest)
    .describe('The name that a caller gets who showed neither name nor password.'),
});

export const simple = defineLoginModule({
  code: 'Simple',
  summary: 'Accepts everybody whose password equals the name; callers without a name are guest. For trials only.',
  options,
  create(settings, { domain, logger }) {
    logger.warn({ domain, code: 'Simple' }, 'this domain accepts everybody whose password equals the name');
    return usernamePasswordModule({
      options: settings,
      async check(name, password) {
        return equalText(name, password.reveal())
          ? { status: 'verified' }
          : { status: 'failed', reason: 'bad-credential' };
      },
      async contribute(_name, { evidence }) {
        return { roles: evidence.kind === 'anonymous' ? [guest] : ['user', guest] };
      },
    });
  },
});
