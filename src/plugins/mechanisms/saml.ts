/** @module HTTP mechanism SAML: leads to an identity provider. It reads nothing out of a request: what comes back is read where it is verified. */
import { z } from 'zod';
import { defineHttpMechanism } from '../../spi/http-mechanism.ts';

export const saml = defineHttpMechanism({
  name: 'SAML',
  summary: 'Sign-in at a SAML identity provider, where the application is a service provider.',
  options: z.strictObject({
    'link-text': z
      .string()
      .min(1)
      .max(128)
      .default('Sign in with your organization')
      .describe('What people see on the sign-in page where a form stands beside it.'),
  }),
  create: ({ 'link-text': label }, { application }) => ({
    name: 'SAML',
    evaluate: async () => ({ status: 'not-attempted' }),
    challenge: () =>
      application === undefined
        ? undefined
        : { kind: 'elsewhere', path: `/saml/sp/${encodeURIComponent(application)}/login`, label },
  }),
});
