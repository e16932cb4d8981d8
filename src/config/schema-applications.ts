/** @module The part of the schema about what people reach after signing in: applications and SAML partners. */
import { z } from 'zod';
import { signatureAlgorithms } from '../spi/signer.ts';
import { contentCiphers, keyTransports } from '../spi/xml-encryption.ts';
import { contextPath, maxEntries, name, path, seconds, text, upstreamOrigin, urlPattern } from './schema-fields.ts';
import { roleMappingSchema } from './schema-mapping.ts';
import { mechanismListSchema } from './schema-mechanisms.ts';
import { partnerSourceFields } from './schema-partners.ts';

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
});

const nameIdFormatSchema = z.enum(['unspecified', 'email-address', 'transient', 'persistent']);

const encryptSchema = z.strictObject({
  cipher: z
    .enum(contentCiphers)
    .default('aes256-gcm')
    .describe('How the content is encrypted. CBC notices no change: only for a partner that knows nothing else.'),
  'key-transport': z
    .enum(keyTransports)
    .default('rsa-oaep-sha256')
    .describe("How the content's key is encrypted. Older partners know `rsa-oaep-sha1` alone, which is as safe."),
});

const partnerSchema = z.strictObject({
  ...partnerSourceFields,
  name: text().max(128).optional().describe('What people see in the list of applications.'),
  sign: z
    .enum(['assertion', 'response', 'both'])
    .optional()
    .describe(
      "What is signed, at twice the cost for both. Where it is left out: the assertion, or the response if the partner's metadata does not want signed assertions.",
    ),
  'require-signed-requests': z
    .boolean()
    .optional()
    .describe("Refuse a request without a valid signature; what the partner's metadata says where it is left out."),
  'name-id-format': nameIdFormatSchema
    .optional()
    .describe('The form of the name that the partner gets; what it asks for where it is left out.'),
  encrypt: encryptSchema
    .optional()
    .describe(
      'Encrypt assertions with the key in its metadata. `{}` takes the defaults. Without it they go as they are.',
    ),
  'role-attribute': text().max(256).default('Role').describe('The attribute whose values are the roles of the person.'),
});

const signingSchema = z.strictObject({
  key: path().default('data/keys/idp.key').describe('The private key, PEM. `data/…` is below the home folder.'),
  certificate: path().default('data/keys/idp.crt').describe('Its certificate, PEM; partners get it in the metadata.'),
  algorithm: z.enum(signatureAlgorithms).default('rsa-sha256').describe('The signature algorithm.'),
});

export const applicationsSchema = z
  .record(name(), applicationSchema.describe('A web application behind Gatehouse.'))
  .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`)
  .default({})
  .describe('Applications by name.');

export const samlIdpSchema = z
  .strictObject({
    'entity-id': text()
      .regex(/^\S+$/, 'must not contain blanks')
      .optional()
      .describe('Its name among SAML partners; the public URL followed by `/saml/idp` where it is left out.'),
    'security-domain': name().describe('The domain that decides its logins.'),
    mechanisms: mechanismListSchema().optional(),
    signing: signingSchema.default(() => signingSchema.parse({})).describe('The key that signs.'),
    'assertion-lifetime-seconds': seconds(10, 3600)
      .default(300)
      .describe('How long an assertion may be presented, in seconds.'),
    'clock-skew-seconds': seconds(0, 300)
      .default(60)
      .describe('How far the clock of a partner may be off, in seconds.'),
    partners: z.array(partnerSchema).max(maxEntries).default([]).describe('The service providers that may ask.'),
  })
  .describe('The SAML identity provider. Without it there are no SAML endpoints.');
