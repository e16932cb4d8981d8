/** @module Login module RunAs: names an identity for calls on behalf of the server (jboss-facts §2.6). */
import { z } from 'zod';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { stopIfAborted } from '../src/spi/username-password-module.ts';

const options = z.strictObject({
  principalName: optionText.default('nobody').describe('The name of the run-as identity.'),
  roleName: optionText.default('nobody').describe('The role of the run-as identity.'),
});

export const runAs = defineLoginModule({
  code: 'RunAs',
  summary: 'Notes a run-as identity in two groups of the subject. Gives the caller neither a name nor a role.',
  options,
  create({ principalName, roleName }) {
    return {
      async login({ signal }) {
        stopIfAborted(signal);
        // Groups other than Roles authorize nothing: the run-as role is not the caller's.
        const groups = { RunAs: [principalName], RunAsRoles: [roleName] };
        return { status: 'succeeded', contribution: { roles: [], groups } };
      },
    };
  },
});
