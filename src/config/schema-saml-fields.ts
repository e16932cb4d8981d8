/** @module The kinds of value that the SAML parts of `gatehouse.yaml` have in common. */
import { z } from 'zod';
import { nameIdFormats } from '../spi/name-id-formats.ts';
import { text } from './schema-fields.ts';

export const uri = () => text().regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'must be a URI');

export const nameIdFormatSchema = z.enum([
  'unspecified',
  'email-address',
  'transient',
  'persistent',
  'x509-subject-name',
  'windows-domain-qualified-name',
  'kerberos',
]);

/** Names in the file are spelt with hyphens. */
export const nameIdFormatsByName = {
  ...nameIdFormats,
  'email-address': nameIdFormats.emailAddress,
  'x509-subject-name': nameIdFormats.x509SubjectName,
  'windows-domain-qualified-name': nameIdFormats.windowsDomainQualifiedName,
} as const;
