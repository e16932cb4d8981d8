/** @module `gatehouse keys list --partners`: what is known of each partner since the last key was published, and how much it is worth. */
import type { KeySighting, PartnerSighting, Sightings } from '../../engine/key-sightings.ts';
import type { KeyRing, RingKey } from '../../spi/key-ring.ts';
import { printable } from '../../spi/printable.ts';
import { iso } from './words.ts';

/** What is the best evidence that a partner has a key, strongest first. */
export type Knowledge =
  /** It confirmed a logout that the key signed. */
  | 'confirmed'
  /** Our metadata was fetched in its name since the key is in it. */
  | 'fetched'
  /** Something was signed for it with the key; nothing came back. */
  | 'signed'
  | 'unknown';

export function knowledgeOf(key: RingKey, sighting: PartnerSighting | undefined): Knowledge {
  const seen = sighting?.keys[key.id];
  if (seen?.confirmedAt !== undefined) return 'confirmed';
  const { publishedAt } = key;
  if (publishedAt !== undefined && sighting?.fetchedAt !== undefined && sighting.fetchedAt >= publishedAt)
    return 'fetched';
  return seen === undefined ? 'unknown' : 'signed';
}

/** The keys of the identity provider that partners have to know: of the ring those for signing that are not retired. */
function keysToKnow(ring: KeyRing | undefined): readonly RingKey[] {
  return (ring?.keys ?? []).filter(
    ({ side, use, publishedAt, retiredAt }) =>
      side === 'idp' && use === 'signing' && publishedAt !== undefined && retiredAt === undefined,
  );
}

export function partnersAsData(partners: readonly string[], sightings: Sightings, ring: KeyRing | undefined) {
  const at = (instant: number | undefined) => (instant === undefined ? undefined : iso(instant));
  return {
    fetches: { count: sightings.fetches.count, last: at(sightings.fetches.lastAt) },
    partners: partners.map((partner) => {
      const sighting = sightings.partners[partner];
      const keys = Object.entries(sighting?.keys ?? {}).map(
        ([id, { signedAt, confirmedAt }]: [string, KeySighting]) => ({
          ...{ id, signed: at(signedAt), confirmed: at(confirmedAt) },
        }),
      );
      const known = keysToKnow(ring).map((key) => ({ key: key.id, knowledge: knowledgeOf(key, sighting) }));
      return { partner, fetched: at(sighting?.fetchedAt), verified: at(sighting?.verifiedAt), keys, known };
    }),
  };
}

const words: Readonly<Record<Knowledge, string>> = {
  confirmed: 'has it: it confirmed a logout that this key signed',
  fetched: 'may have it: our metadata was fetched in its name since it is published',
  signed: 'not known: it was sent what this key signed, and nothing tells what became of it',
  unknown: 'not known',
};

export function partnersAsText(data: ReturnType<typeof partnersAsData>): string {
  const lines = data.partners.flatMap(({ partner, fetched, verified, known }) => [
    printable(partner),
    `  last message that it signed  ${verified ?? 'none'}`,
    `  last fetch in its name       ${fetched ?? 'none'}`,
    ...known.map(({ key, knowledge }) => `  ${key}             ${words[knowledge]}`),
  ]);
  const { count, last } = data.fetches;
  return [
    ...(lines.length === 0 ? ['No partner is known yet.'] : lines),
    '',
    `Fetched in nobody's name: ${count}${last === undefined ? '' : `, last ${last}`}.`,
    "A fetch in a name (/saml/idp/metadata?sp=<entityID>) is anybody's word. A confirmed logout is what the partner itself says.",
    '',
  ].join('\n');
}
