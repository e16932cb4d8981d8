/** @module The schema of `gatehouse.yaml`: strict, described, and the source of the JSON Schema and of the reference page. */
import { z } from 'zod';
import { applicationsSchema } from './schema-applications.ts';
import { datasourcesSchema } from './schema-datasources.ts';
import { auditListSchema, deadlineMs, domainsSchema, realmsSchema } from './schema-domains.ts';
import { address, addressBlock, hostName, maxEntries, origin, path, port, seconds } from './schema-fields.ts';
import { samlIdpSchema } from './schema-saml-idp.ts';
import { samlSpSchema } from './schema-saml-sp.ts';
import { clientCertificateFields, clientCertificateHeaderSchema, truststoresSchema } from './schema-truststores.ts';
import { secretCommandsSchema, vaultSchema } from './schema-vault.ts';
import { sessionsSchema } from './sessions.ts';

export type { Configuration } from './configuration.ts';

const tlsSchema = z.strictObject({
  certificate: path().describe('PEM file: the certificate, then each issuer up to the root, which may be left out.'),
  key: path().describe('PEM file: the private key, not encrypted.'),
  ...clientCertificateFields,
});

const bindSchema = z.strictObject({
  public: address().default('127.0.0.1').describe('For people and applications.'),
  management: address().default('127.0.0.1').describe('For administrators and health checks.'),
});

const portsSchema = z.strictObject({
  http: port().default(8080).describe('Public, HTTP. 0, here and below: any free port.'),
  https: port().default(8443).describe('Public, HTTPS. Opened where `tls` is set.'),
  'management-http': port().default(9990).describe('Management, HTTP.'),
  'management-https': port()
    .default(9993)
    .describe('Management, HTTPS. Opened where `tls` or `management-tls` is set.'),
});

const loginSchema = z.strictObject({
  'pending-seconds': seconds(10, 3600).default(600).describe('How long a sign-in page can be answered, in seconds.'),
  'module-deadline-ms': deadlineMs()
    .default(5000)
    .describe('How long a login module may take, in milliseconds, where it says nothing itself.'),
});

export const configurationSchema = z
  .strictObject({
    node: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be 1 to 32 letters, digits, hyphens or underscores')
      .default('node1')
      .describe('The name of this server in audit records.'),
    'public-url': origin()
      .optional()
      .describe(
        'What browsers use. Follows from `bind` and `ports` where it is left out, with HTTPS where `tls` is set.',
      ),
    'host-names': z
      .array(hostName())
      .max(maxEntries)
      .default([])
      .describe('Further host names of the public side. The TLS certificate must cover them too.'),
    bind: bindSchema.default(() => bindSchema.parse({})).describe('The addresses to listen on.'),
    ports: portsSchema.default(() => portsSchema.parse({})).describe('The ports to listen on.'),
    tls: tlsSchema
      .optional()
      .describe(
        'The key pair of the HTTPS listeners. Without it there are none. Changed files are taken over at once.',
      ),
    'management-tls': tlsSchema
      .optional()
      .describe('The key pair of the management HTTPS listener; `tls` where it is left out.'),
    'trusted-proxies': z
      .array(addressBlock())
      .max(maxEntries)
      .default([])
      .describe('X-Forwarded-For and X-Forwarded-Proto count only from these addresses.'),
    'client-certificate-header': clientCertificateHeaderSchema.optional(),
    truststores: truststoresSchema,
    vault: vaultSchema.optional(),
    'secret-commands': secretCommandsSchema,
    sessions: sessionsSchema.default(() => sessionsSchema.parse({})).describe('Single-sign-on sessions.'),
    login: loginSchema.default(() => loginSchema.parse({})).describe('Limits of a login.'),
    datasources: datasourcesSchema,
    'security-realms': realmsSchema,
    'security-domains': domainsSchema,
    applications: applicationsSchema,
    'saml-idp': samlIdpSchema.optional(),
    'saml-sp': samlSpSchema.optional(),
    audit: auditListSchema()
      .default(() => auditListSchema().parse([{ code: 'File', options: { path: 'audit.jsonl' } }]))
      .describe('Where decisions and events are recorded. Paths are relative to the log folder.'),
  })
  .describe('The configuration of Gatehouse.');

/** The file as the schema yields it: kebab-case, defaults filled in, references not yet followed. */
export type ConfigurationDocument = z.output<typeof configurationSchema>;
