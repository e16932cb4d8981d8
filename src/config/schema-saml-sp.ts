/** @module The part of the schema about applications of ours as SAML service providers, and the identity providers where people sign in for them. */
import { z } from 'zod';
import { signatureAlgorithms } from '../spi/signer.ts';
import { contentCiphers } from '../spi/xml-encryption.ts';
import { authnContextComparisons, requestBindings, responseBindings } from './saml-sp-configuration.ts';
import { maxEntries, name, path, seconds, text } from './schema-fields.ts';
import { partnerSourceFields } from './schema-partners.ts';
import { nameIdFormatSchema, uri } from './schema-saml-fields.ts';

const maxClasses = 16;
const monthSeconds = 30 * 24 * 3600;

const authnContextSchema = z.strictObject({
  classes: z
    .array(uri())
    .min(1)
    .max(maxClasses)
    .describe('URIs of classes of authentication context, in the order in which they are preferred.'),
  comparison: z
    .enum(authnContextComparisons)
    .default('exact')
    .describe('How the sign-in has to compare with the classes (saml-core §3.3.2.2.1).'),
});

const identityProviderSchema = z
  .strictObject({
    ...partnerSourceFields,
    name: text()
      .max(128)
      .optional()
      .describe('What people see where they choose; what its metadata says where it is left out.'),
    'idp-initiated': z
      .enum(['refused', 'allowed'])
      .default('refused')
      .describe(
        'Whether it may send people who did not ask for it. Anybody could then sign somebody else in under his own name with a link: only where a portal needs it.',
      ),
    'request-binding': z
      .enum(requestBindings)
      .optional()
      .describe('How requests go to it; HTTP-Redirect where its metadata has both and it is left out.'),
    'name-id-format': nameIdFormatSchema
      .optional()
      .describe('The form of the name that is asked for; its choice where it is left out.'),
    'authn-context': authnContextSchema
      .optional()
      .describe('How people have to sign in there; its choice where it is left out. Checked in the answer.'),
    'force-authn': z
      .boolean()
      .default(false)
      .describe('People prove there who they are even if they have a session there.'),
    'max-authn-age-seconds': seconds(60, monthSeconds)
      .default(24 * 3600)
      .describe('How long ago people may have signed in there, in seconds.'),
    'decryption-ciphers': z
      .array(z.enum(contentCiphers))
      .min(1)
      .max(contentCiphers.length)
      .default(['aes128-gcm', 'aes256-gcm'])
      .describe(
        'What its encrypted assertions may be encrypted with. CBC notices no change: only for a provider that knows nothing else.',
      ),
  })
  .describe('An identity provider, or those of a federation.');

const spSigningSchema = z.strictObject({
  key: path()
    .default('data/keys/sp.key')
    .describe(
      'The private key, PEM. `data/…` is below the home folder. Made at the start, with its certificate, where it is left out and there is none.',
    ),
  certificate: path().default('data/keys/sp.crt').describe('Its certificate, PEM; it is in the metadata.'),
  algorithm: z.enum(signatureAlgorithms).default('rsa-sha256').describe('The signature algorithm.'),
});

const spEncryptionSchema = z.strictObject({
  key: path().describe('The private key, PEM, RSA.'),
  certificate: path().describe('Its certificate, PEM; identity providers encrypt with it.'),
});

export const samlSpSchema = z
  .strictObject({
    signing: spSigningSchema
      .default(() => spSigningSchema.parse({}))
      .describe('The key that signs requests and metadata.'),
    encryption: spEncryptionSchema
      .optional()
      .describe(
        'The key that opens what was encrypted for us; the one that signs, where it is left out and is an RSA key.',
      ),
    'clock-skew-seconds': seconds(0, 300)
      .default(60)
      .describe('How far the clock of an identity provider may be off, in seconds.'),
    'identity-providers': z
      .record(name(), identityProviderSchema)
      .refine((all) => Object.keys(all).length > 0, 'must have at least one entry')
      .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`)
      .describe('Identity providers by a name of your choice.'),
  })
  .describe('Applications with the mechanism SAML are service providers: people sign in for them elsewhere.');

export const applicationSamlSpSchema = () =>
  z
    .strictObject({
      'entity-id': text()
        .regex(/^\S+$/, 'must not contain blanks')
        .optional()
        .describe('Its name among identity providers; the address of its metadata where it is left out.'),
      'identity-providers': z
        .array(name())
        .min(1)
        .max(maxEntries)
        .optional()
        .describe(
          'The identity providers at which people may sign in for it, by the names of `saml-sp`; all where it is left out.',
        ),
      'response-binding': z
        .enum(responseBindings)
        .default('post')
        .describe(
          'How answers come: `post` through the browser, or `artifact`, which we resolve at the identity provider.',
        ),
    })
    .optional()
    .describe('The application as a SAML service provider, with the mechanism SAML.');
