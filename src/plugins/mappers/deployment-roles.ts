/** @module Mapping module DeploymentRoles: roles that an application itself gives to users (jboss-facts §4.5). */
import { z } from 'zod';
import { defineRoleMapper } from '../../spi/mapping.ts';

export const deploymentRoles = defineRoleMapper({
  code: 'DeploymentRoles',
  summary: "Replaces the roles of users whom the application's `role-mapping` names, in this application only.",
  options: z.strictObject({}),
  perApplication: true,
  create(_settings, services) {
    return {
      async map(roles, { callerPrincipal }, { application }) {
        return application === undefined
          ? roles
          : (services.applicationRoles(application, callerPrincipal.name) ?? roles);
      },
    };
  },
});
