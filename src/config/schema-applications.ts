/** @module The part of the schema about the applications behind Gatehouse. */
import { z } from 'zod';
import { contextPath, maxEntries, name, text, upstreamOrigin, urlPattern } from './schema-fields.ts';
import { roleMappingSchema } from './schema-mapping.ts';
import { mechanismListSchema } from './schema-mechanisms.ts';
import { applicationSamlSpSchema } from './schema-saml-sp.ts';

const role = () => text().max(256);

const constraintSchema = z.strictObject({
  path: urlPattern().describe('`/exact`, `/prefix/*`, `*.extension` or `/`, below the context path.'),
  roles: z
    .array(role())
    .max(maxEntries)
    .optional()
    .describe(
      'Any one of these roles is enough. `*`: any role that the application names. `**`: anybody who is signed in. Empty: nobody. Left out, beside `transport: confidential` only: everybody, signed in or not.',
    ),
  methods: z
    .array(z.string().regex(/^[A-Z][A-Z-]{0,31}$/, 'must be a method in capitals, such as GET'))
    .min(1)
    .max(32)
    .optional()
    .describe('The methods that the constraint is about; every method where it is left out.'),
  transport: z
    .enum(['none', 'confidential'])
    .default('none')
    .describe('`confidential`: only over HTTPS; a request over HTTP is redirected.'),
});

const applicationSchema = z.strictObject({
  'security-domain': name().describe('The domain that decides its logins.'),
  mechanisms: mechanismListSchema().optional(),
  'context-path': contextPath()
    .optional()
    .describe('Where it is on the public side; `/` and its name where it is left out.'),
  upstream: upstreamOrigin().describe(
    'The server behind: `http://host:port`. The path of a request is passed on whole.',
  ),
  constraints: z
    .array(constraintSchema)
    .max(maxEntries)
    .default([])
    .describe('Who may do what. A path that no constraint names is open to everybody.'),
  'role-mapping': roleMappingSchema(),
  'saml-sp': applicationSamlSpSchema(),
});

export const applicationsSchema = z
  .record(name(), applicationSchema.describe('A web application behind Gatehouse.'))
  .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`)
  .default({})
  .describe('Applications by name.');
