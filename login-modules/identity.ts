/** @module Login module Identity: gives every caller one fixed name and fixed roles (jboss-facts §2.6). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { passwordStackingOption, stopIfAborted } from '../src/spi/username-password-module.ts';

const options = z.strictObject({
  principal: optionText.default('guest').describe('The name that every caller gets.'),
  roles: optionText
    .optional()
    .describe('Roles that every caller gets, separated by commas; blanks around them do not count.'),
  'password-stacking': passwordStackingOption['password-stacking'].describe(
    '`useFirstPass`: publish the name. It is a name without proof: a later module still checks the evidence.',
  ),
});

export const identity = defineLoginModule({
  code: 'Identity',
  summary: 'Accepts every caller under one fixed name. For tests, and to add a name or roles to a stack that checks.',
  options,
  create(settings) {
    const roles = (settings.roles ?? '')
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== '');
    return {
      async login({ shared, signal }) {
        stopIfAborted(signal);
        // A name alone: a later module still checks. One that is proved already is left as it is.
        if (shared.read()?.evidence === undefined) {
          shared.publish({ name: settings.principal });
        }
        return {
          status: 'succeeded',
          contribution: { identity: { name: settings.principal, type: 'user' }, roles },
        };
      },
    };
  },
});
