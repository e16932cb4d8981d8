/** @module Login module Client: JBoss's client side, which verifies nothing (jboss-facts §2.6). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionFlag } from '../src/spi/option-values.ts';
import { passwordStackingOption, stopIfAborted } from '../src/spi/username-password-module.ts';

const options = z.strictObject({
  'multi-threaded': optionFlag.default(false).describe('Without effect: there is no client thread to associate.'),
  'restore-login-identity': optionFlag
    .default(false)
    .describe('Without effect: there is no earlier association to restore.'),
  'password-stacking': passwordStackingOption['password-stacking'].describe(
    '`useFirstPass`: take over who an earlier module has proved.',
  ),
});

export const client = defineLoginModule({
  code: 'Client',
  summary: 'Takes over an identity that an earlier module has proved; has no opinion about anything else.',
  options,
  create() {
    return {
      async login({ shared, signal }) {
        stopIfAborted(signal);
        const stacked = shared.read();
        if (stacked?.evidence === undefined) {
          return { status: 'ignored', note: 'Client verifies nothing, and no earlier module has proved anybody' };
        }
        return { status: 'succeeded', contribution: { identity: { name: stacked.name, type: 'user' }, roles: [] } };
      },
    };
  },
});
