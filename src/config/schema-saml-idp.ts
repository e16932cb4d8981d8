/** @module The part of the schema about the SAML identity provider and its partners. */
import { z } from 'zod';
import { factors } from '../spi/factors.ts';
import { signatureAlgorithms } from '../spi/signer.ts';
import { contentCiphers, encryptedParts, keyTransports } from '../spi/xml-encryption.ts';
import { attributeSources } from './saml-configuration.ts';
import { hostName, maxEntries, name, path, seconds, text } from './schema-fields.ts';
import { mechanismListSchema } from './schema-mechanisms.ts';
import { partnerSourceFields } from './schema-partners.ts';
import { nameIdFormatSchema, uri } from './schema-saml-fields.ts';

const encryptSchema = z.strictObject({
  what: z
    .union([z.enum(encryptedParts), z.array(z.enum(encryptedParts)).min(1).max(encryptedParts.length)])
    .default('assertion')
    .refine((what) => typeof what === 'string' || what.length === 1 || !what.includes('assertion'), {
      error: 'assertion is all of it: name-id and attributes do not go with it',
    })
    .describe(
      'What is encrypted: the whole `assertion`, the `name-id`, the `attributes`, each of them for itself, or `[name-id, attributes]`.',
    ),
  cipher: z
    .enum(contentCiphers)
    .default('aes256-gcm')
    .describe('How the content is encrypted. CBC notices no change: only for a partner that knows nothing else.'),
  'key-transport': z
    .enum(keyTransports)
    .default('rsa-oaep-sha256')
    .describe("How the content's key is encrypted. Older partners know `rsa-oaep-sha1` alone, which is as safe."),
});

const attributeRuleSchema = z
  .strictObject({
    name: text().max(256).describe('The name that the partner gets.'),
    'name-format': z
      .union([z.enum(['basic', 'uri', 'unspecified']), uri()])
      .optional()
      .describe(
        '`basic`, `uri`, `unspecified` or a URI; `uri` for a name that is one and `basic` otherwise where it is left out.',
      ),
    'friendly-name': text().max(256).optional().describe('A name for people.'),
    from: z
      .enum(attributeSources)
      .optional()
      .describe(
        'Where the values come from: an `attribute` of the person, his `roles`, his name (`principal`), `fixed` values, or identifiers that are made for the purpose (`subject-id`, `pairwise-id`). `attribute` where it is left out, and `fixed` with `values`.',
      ),
    attribute: text()
      .max(256)
      .optional()
      .describe('What the login calls the attribute; as `name` where it is left out.'),
    values: z.array(text()).min(1).max(maxEntries).optional().describe('The values, with `from: fixed`.'),
    required: z.boolean().default(false).describe('Without a value the partner gets a status instead of an assertion.'),
  })
  .refine(
    ({ from, values }) =>
      (from ?? (values === undefined ? 'attribute' : 'fixed')) === 'fixed'
        ? values !== undefined
        : values === undefined,
    {
      error: 'values and `from: fixed` go together',
      path: ['values'],
    },
  )
  .refine(({ from = 'attribute', attribute }) => attribute === undefined || from === 'attribute', {
    error: 'is only for `from: attribute`',
    path: ['attribute'],
  });

const partnerSigningSchema = z
  .strictObject({
    algorithm: z
      .enum(signatureAlgorithms)
      .optional()
      .describe('The signature algorithm; as for everybody else where it is left out.'),
    key: path().optional().describe('A private key of its own, PEM; with `certificate`.'),
    certificate: path().optional().describe('The certificate of that key, PEM. It is in our metadata too.'),
  })
  .refine(
    ({ key, certificate }) => (key === undefined) === (certificate === undefined),
    'needs key and certificate together',
  );

const partnerSchema = z.strictObject({
  ...partnerSourceFields,
  name: text().max(128).optional().describe('What people see in the list of applications.'),
  sign: z
    .enum(['assertion', 'response', 'both'])
    .optional()
    .describe(
      "What is signed, at twice the cost for both. Where it is left out: the assertion, or the response if the partner's metadata does not want signed assertions.",
    ),
  signing: partnerSigningSchema
    .optional()
    .describe(
      'Another signature algorithm for this partner, or another key pair too. As for everybody else where it is left out.',
    ),
  'redirect-responses': z
    .boolean()
    .optional()
    .describe(
      'Answer by HTTP-Redirect where its metadata has such a service, as PicketLink does. SAML has no such answers: only for a partner that knows nothing else.',
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
      'Encrypt assertions, or parts of them, with the key in its metadata. `{}` takes the defaults. Without it they go as they are.',
    ),
  'assertions-by-id': z
    .boolean()
    .optional()
    .describe(
      'Keep its assertions for as long as they are valid, so that it can ask for them by ID over SOAP. Each takes some kilobytes of the store.',
    ),
  affiliation: text()
    .optional()
    .describe('Partners with the same affiliation, a URI, get the same `persistent` name of a person.'),
  'role-attribute': text()
    .max(256)
    .default('Role')
    .describe('The attribute whose values are the roles of the person. Not looked at with `attributes`.'),
  attributes: z
    .array(attributeRuleSchema)
    .max(maxEntries)
    .optional()
    .describe(
      'What the partner learns of a person, all of it: nothing that is not here, roles included. Where it is left out: roles, and what its metadata asks for.',
    ),
});

const authnContextSchema = z.strictObject({
  class: uri().describe('The URI of the class, such as `urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken`.'),
  factors: z
    .array(z.enum(factors))
    .max(factors.length)
    .describe('What a session must have been proved by, all of them, for the class to be true of it.'),
  transport: z
    .enum(['protected', 'unprotected'])
    .optional()
    .describe(
      'How the evidence must have come: over TLS or from this very host, or not. Either way where it is left out.',
    ),
});

const signingSchema = z.strictObject({
  key: path()
    .default('data/keys/idp.key')
    .describe(
      'The private key, PEM. `data/…` is below the home folder. A key ring takes its place (`gatehouse keys`).',
    ),
  certificate: path().default('data/keys/idp.crt').describe('Its certificate, PEM; partners get it in the metadata.'),
  algorithm: z.enum(signatureAlgorithms).default('rsa-sha256').describe('The signature algorithm.'),
});

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
    scope: hostName()
      .optional()
      .describe(
        'What stands after the `@` of `subject-id` and `pairwise-id`; the host of the public URL where it is left out.',
      ),
    ecp: z
      .boolean()
      .default(true)
      .describe(
        'Whether clients that are no browsers may sign on over SOAP (ECP), by the `mechanisms` with BASIC in the place of FORM.',
      ),
    'authn-contexts': z
      .array(authnContextSchema)
      .min(1)
      .max(64)
      .optional()
      .describe(
        'The classes of authentication context, weakest first: what `minimum`, `maximum` and `better` of a request compare by. The classes of SAML for what is known here where it is left out.',
      ),
    partners: z.array(partnerSchema).max(maxEntries).default([]).describe('The service providers that may ask.'),
  })
  .describe('The SAML identity provider. Without it there are no SAML endpoints.');
