/** @module Authorization module PermitAll (jboss-facts §4.7). */
import { z } from 'zod';
import { defineAuthorizationModule } from '../../spi/authorization.ts';

export const permitAll = defineAuthorizationModule({
  code: 'PermitAll',
  summary: 'Permits everything that the constraints permit.',
  options: z.strictObject({}),
  create: () => ({ authorize: async () => ({ decision: 'permit', reason: 'every request is permitted' }) }),
});
