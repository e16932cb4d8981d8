/** @module Login module Anon: only callers who showed nothing, under one name (jboss-facts §2.6). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import {
  passwordStackingOption,
  usernamePasswordModule,
  usernamePasswordOptions,
} from '../src/spi/username-password-module.ts';

const options = z.strictObject({
  ...usernamePasswordOptions,
  unauthenticatedIdentity: usernamePasswordOptions.unauthenticatedIdentity.describe(
    'The name that such a caller gets. Without it the module accepts nobody, and warns at start.',
  ),
  'password-stacking': passwordStackingOption['password-stacking'].describe(
    '`useFirstPass`: take over who an earlier module has proved.',
  ),
});

export const anon = defineLoginModule({
  code: 'Anon',
  summary: 'Accepts callers who showed neither name nor password, under one name and without roles; nobody else.',
  options,
  create(settings, { domain, logger }) {
    if (settings.unauthenticatedIdentity === undefined) {
      logger.warn({ domain, code: 'Anon' }, 'Anon without unauthenticatedIdentity accepts nobody');
    }
    return usernamePasswordModule({
      options: settings,
      check: async () => ({ status: 'failed', reason: 'unsupported-evidence', note: 'anonymous callers only' }),
      contribute: async () => ({ roles: [] }),
    });
  },
});
