/** @module What the schema cannot say about the sources of SAML partners: one each, named once, with the keys that go with it. */

import type { z } from 'zod';
import type { Finding, Path } from './problem.ts';
import type { ConfigurationDocument } from './schema.ts';
import { isDocumentUrl, type partnerSourceFields } from './schema-partners.ts';

/** What says where metadata comes from, in an entry of either kind of partner. */
export type PartnerDocument = z.output<z.ZodObject<typeof partnerSourceFields>> & {
  readonly name?: string | undefined;
};
type Key = keyof PartnerDocument;

export const partnerKinds = ['metadata', 'metadata-url', 'aggregate', 'mdq'] as const satisfies readonly Key[];

const fetchKeys = [
  'refresh-seconds',
  'allow-private-addresses',
  'certificate-authority',
] as const satisfies readonly Key[];
const filterKeys = ['entity-ids', 'registration-authorities'] as const satisfies readonly Key[];

export function partnerFindings(document: ConfigurationDocument): readonly Finding[] {
  const partners = document['saml-idp']?.partners ?? [];
  return sourceFindings(partners.map((partner, index) => [['saml-idp', 'partners', index], partner] as const));
}

/** Of all entries of one kind, each at its place. */
export function sourceFindings(partners: readonly (readonly [Path, PartnerDocument])[]): readonly Finding[] {
  const seen = new Set<string>();
  return partners.flatMap(([path, partner]): readonly Finding[] => {
    const kinds = partnerKinds.filter((kind) => partner[kind] !== undefined);
    const [kind, second] = kinds;
    if (kind === undefined) return [{ path, message: `needs one of ${partnerKinds.join(', ')}` }];
    if (second !== undefined) {
      return [
        {
          path: [...path, second],
          message: `stands beside "${kind}": a partner has one source; make it an entry of its own`,
        },
      ];
    }
    const where = `${partner[kind]}`;
    const again = seen.has(where);
    seen.add(where);
    return [
      ...(again ? [{ path: [...path, kind], message: 'this partner is listed twice' }] : []),
      ...outOfPlace(partner, kind).map((key) => ({
        path: [...path, key],
        message: `does not go with "${kind}"${reasonOf(key, kind)}`,
      })),
      ...(isUnprotected(partner, kind, where)
        ? [
            {
              path: [...path, kind],
              message: 'must be https, or have a signing-certificate: anybody on the way could change it',
            },
          ]
        : []),
    ];
  });
}

function outOfPlace(partner: PartnerDocument, kind: Key): readonly Key[] {
  const isFetched = kind === 'metadata-url' || kind === 'mdq' || isDocumentUrl(partner.aggregate ?? '');
  const wrong: Key[] = [
    ...(isFetched ? [] : fetchKeys),
    ...(kind === 'aggregate' || kind === 'mdq' ? (['name'] as const) : filterKeys),
    ...(kind === 'mdq' ? [] : (['mdq-identifiers'] as const)),
  ];
  return wrong.filter((key) => partner[key] !== undefined);
}

function reasonOf(key: Key, kind: Key): string {
  if (key === 'name') return ': it would be the name of all of them';
  if (fetchKeys.some((one) => one === key)) return `: nothing is fetched for a file`;
  return key === 'mdq-identifiers' || kind === 'mdq'
    ? ''
    : ': all of a file or an address that is named for one partner counts';
}

/** A pinned signature makes the way that the metadata came irrelevant. */
function isUnprotected(partner: PartnerDocument, kind: Key, where: string): boolean {
  if (kind === 'metadata' || partner['signing-certificate'] !== undefined) return false;
  return /^http:/i.test(where);
}
