/** @module Authorization module Web: the application's constraints (jboss-facts §4.7). */
import { z } from 'zod';
import { defineAuthorizationModule } from '../../spi/authorization.ts';

export const web = defineAuthorizationModule({
  code: 'Web',
  summary: "Decides by the application's constraints: path, method, transport, role.",
  options: z.strictObject({}),
  create: (_settings, services) => ({ authorize: async (request) => services.constraints(request) }),
});
