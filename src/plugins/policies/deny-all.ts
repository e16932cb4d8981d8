/** @module Authorization module DenyAll (jboss-facts §4.7). */
import { z } from 'zod';
import { defineAuthorizationModule } from '../../spi/authorization.ts';

export const denyAll = defineAuthorizationModule({
  code: 'DenyAll',
  summary: 'Denies every request, also to paths without constraints.',
  options: z.strictObject({}),
  create: () => ({ authorize: async () => ({ decision: 'deny', reason: 'every request is denied' }) }),
});
