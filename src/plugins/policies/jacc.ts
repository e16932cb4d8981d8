/** @module Authorization module JACC: the application's constraints as the permissions of JSR 115 (jboss-facts §4.7). */
import { z } from 'zod';
import { defineAuthorizationModule } from '../../spi/authorization.ts';
import { permissionDecision } from '../../wire/jacc-permissions.ts';

export const jacc = defineAuthorizationModule({
  code: 'JACC',
  summary: "Decides by the application's constraints and names the JACC permission that is implied or missing.",
  options: z.strictObject({}),
  create: (_settings, services) => ({
    authorize: async (request) => permissionDecision(request, services.constraints(request)),
  }),
});
