/** @module The part of the schema about where a SAML partner's metadata comes from. */
import { z } from 'zod';
import { addressBlock, maxEntries, path, seconds, text } from './schema-fields.ts';

const weekSeconds = 7 * 24 * 3600;

const documentUrl = () =>
  text().refine(
    (value) => isDocumentUrl(value),
    'must be an http:// or https:// address without a user, a password and a fragment',
  );

export function isDocumentUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || /[\s#]/.test(value)) return false;
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '';
}

export const mdqIdentifiers = ['entity-id', 'sha1'] as const;

/** One of the first four is what makes an entry; which of the others go with it, `partner-findings.ts` says. */
export const partnerSourceFields = {
  enabled: z
    .boolean()
    .optional()
    .describe(
      '`false` shuts the partner out on every way without taking its entry away: it is nobody, also where a later entry names it again. True where it is left out.',
    ),
  metadata: path()
    .optional()
    .describe(
      "The partner's SAML metadata, a file relative to the configuration folder. A change is taken over at once.",
    ),
  'metadata-url': documentUrl()
    .optional()
    .describe(
      "The address of the partner's SAML metadata. It is fetched again and again; a copy in `data/metadata` serves a start while the address does not answer.",
    ),
  aggregate: text()
    .optional()
    .describe(
      'The metadata of a whole federation: an address as `metadata-url`, or a file as `metadata`. A partner in it that cannot be worked with harms no other. Its partners are not in the list of applications.',
    ),
  mdq: documentUrl()
    .optional()
    .describe(
      'The address of a metadata query server (draft-young-md-query), without `entities/`: a partner is asked for when it is needed.',
    ),
  'signing-certificate': path()
    .optional()
    .describe(
      'PEM file: the metadata must be signed with the key of one of these certificates; two during a roll-over. Nothing else in a certificate is looked at. Without it the address must be https.',
    ),
  'refresh-seconds': seconds(60, weekSeconds)
    .optional()
    .describe(
      'How often an address is asked again, in seconds; an hour where it is left out. `cacheDuration` of the metadata can shorten it.',
    ),
  'allow-private-addresses': z
    .array(addressBlock())
    .max(maxEntries)
    .optional()
    .describe(
      'Addresses and blocks, such as 10.1.0.0/16, that the host of the address may have. Without it only public addresses are asked.',
    ),
  'certificate-authority': path()
    .optional()
    .describe(
      "PEM file: who may have issued the certificate of an https address; the system's authorities where it is left out.",
    ),
  'entity-ids': z
    .array(text())
    .min(1)
    .max(maxEntries)
    .optional()
    .describe('Only these partners of the `aggregate` or `mdq`, by entityID.'),
  'registration-authorities': z
    .array(text())
    .min(1)
    .max(maxEntries)
    .optional()
    .describe(
      'Only partners of the `aggregate` or `mdq` that one of these federations registered (`mdrpi:RegistrationInfo`).',
    ),
  'mdq-identifiers': z
    .enum(mdqIdentifiers)
    .optional()
    .describe(
      'How `mdq` names a partner: `entity-id`, the default, or `sha1` of it, for servers that are made of files.',
    ),
} as const;
