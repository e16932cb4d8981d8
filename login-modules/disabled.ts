/** @module Login module Disabled: has no opinion about anybody, so that a domain with nothing else lets nobody in (jboss-facts §2.6). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { stopIfAborted } from '../src/spi/username-password-module.ts';

const options = z.strictObject({});

export const disabled = defineLoginModule({
  code: 'Disabled',
  summary: 'Is always ignored: a domain with nothing else is switched off.',
  options,
  create(_settings, { domain, logger }) {
    logger.warn({ domain, code: 'Disabled' }, 'this domain has the login module Disabled');
    return {
      async login({ signal }) {
        stopIfAborted(signal);
        return { status: 'ignored', note: 'the login module Disabled is ignored' };
      },
    };
  },
});
