/** @module The part of the schema about client certificates: truststores, what listeners ask for, the header field of a proxy. */
import { z } from 'zod';
import { hostName, maxEntries, name, origin, path, seconds, text } from './schema-fields.ts';

const files = () => z.array(path()).max(maxEntries).default([]);

/** Where something is asked: `http://ocsp.example.com/path`. */
const webAddress = () =>
  text().refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value), 'must begin with http:// or https://');

const ocspSchema = z.strictObject({
  mode: z
    .enum(['off', 'soft-fail', 'hard-fail'])
    .default('hard-fail')
    .describe(
      'When no responder answers: `hard-fail` refuses, `soft-fail` lets in. Revoked, unknown and wrong answers refuse in both.',
    ),
  responder: webAddress()
    .optional()
    .describe('The responder to ask where the certificate names none that may be asked.'),
  'override-responder': z.boolean().default(false).describe('Ask `responder` always, whatever the certificate says.'),
  'aia-hosts': z
    .array(z.union([hostName(), z.literal('*')]))
    .max(maxEntries)
    .default([])
    .describe('Hosts of responders that a certificate itself may name (Authority Information Access). `*`: any host.'),
  nonce: z
    .enum(['off', 'optional', 'required'])
    .default('optional')
    .describe('A random number that the answer has to repeat. `optional`: an answer without one is taken.'),
  'timeout-ms': z
    .int()
    .min(100)
    .max(60_000)
    .default(3000)
    .describe("How long a responder or distribution point may take, in milliseconds; less than a module's deadline."),
  'skew-seconds': seconds(0, 3600).default(300).describe('How far the clock of a responder may be off, in seconds.'),
  'max-age-seconds': seconds(0, 7 * 24 * 3600)
    .default(3600)
    .describe('How old an answer may be that names no next update, in seconds.'),
  'responder-certificate': path()
    .optional()
    .describe('PEM file: a responder that is believed as it is. Without it: the issuer, and whom it has authorised.'),
  proxy: origin()
    .optional()
    .describe('An HTTP proxy on the way to responders and distribution points with http:// addresses.'),
});

const truststoreSchema = z.strictObject({
  certificates: files().describe('PEM files: certification authorities that are believed.'),
  intermediates: files().describe('PEM files: authorities in between, for clients and proxies that do not show them.'),
  entries: z
    .record(text(), path())
    .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`)
    .default({})
    .describe(
      'PEM files by alias. Where there are any, the Certificate modules let in these alone, each under its alias, the name of the login.',
    ),
  crl: files().describe(
    'Files of revocation lists, PEM or DER. Where there are any, every authority of a path needs one that is valid.',
  ),
  'crl-hosts': z
    .array(z.union([hostName(), z.literal('*')]))
    .max(maxEntries)
    .default([])
    .describe('Hosts from which revocation lists are fetched that a certificate names. `*`: any host.'),
  'revocation-scope': z
    .enum(['chain', 'leaf'])
    .default('chain')
    .describe("`leaf`: only the client's own certificate is looked up, not the authorities above."),
  ocsp: ocspSchema.optional().describe('Ask OCSP responders (RFC 6960). Left out: they are not asked.'),
});

export const truststoresSchema = z
  .record(
    name(),
    truststoreSchema.describe('Which client certificates are believed. Files are read again when they change.'),
  )
  .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`)
  .default({})
  .describe('Truststores by name.');

export type TruststoreDocument = z.output<typeof truststoreSchema>;

/** Spread into the key pair of a listener. */
export const clientCertificateFields = {
  'client-certificates': z
    .enum(['none', 'optional', 'required'])
    .default('none')
    .describe(
      '`optional`: clients are asked for a certificate; `required`: a connection without one is closed. Whether it is believed is decided at the login.',
    ),
  truststore: name()
    .optional()
    .describe('The truststore whose authorities clients are told to choose a certificate of.'),
} as const;

export const clientCertificateHeaderSchema = z
  .strictObject({
    format: z
      .enum(['nginx', 'apache', 'haproxy', 'rfc9440', 'traefik', 'envoy'])
      .describe('How the proxy writes the certificate.'),
    header: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be the name of a header field')
      .optional()
      .describe("The field; the format's usual one where it is left out (docs/certificates.md)."),
  })
  .describe(
    'A header field in which a proxy in `trusted-proxies` hands on the certificate of its client. All other certificate fields are ignored.',
  );
