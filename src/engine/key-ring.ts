/** @module What a key ring says at an instant: which key is used for whom, which are in the metadata, which still open. */
import type { Activation, KeyRing, KeySide, KeyTrack, KeyUse, RingKey } from '../spi/key-ring.ts';

/**
 * How long a partner may go by a copy of our metadata: two weeks. Consumers fetch it once a day or so, and may miss some
 * (saml-metadata §2.3.2 `validUntil`).
 */
export const metadataLifetimeMs = 14 * 24 * 3600_000;

/** `published`: in the metadata and not the one that is used for everybody; what was active before is that again. */
export type KeyState = 'pending' | 'published' | 'active' | 'retired';

const isOfTrack = (key: RingKey, track: KeyTrack) =>
  key.side === track.side && key.use === track.use && key.family === track.family;

/** These two steps are never planned: a clock that is set back does not take them back. */
const isRetired = ({ retiredAt }: RingKey) => retiredAt !== undefined;
const isPublished = (key: RingKey) => key.publishedAt !== undefined && !isRetired(key);

/** The later instant counts; of two for the same, the later order. */
function latest(activations: readonly Activation[]): Activation | undefined {
  let last: Activation | undefined;
  for (const one of activations) if (last === undefined || one.at >= last.at) last = one;
  return last;
}

/** Activations of keys of this track that have begun and whose key is not retired. */
function inForce(ring: KeyRing, track: KeyTrack, now: number): readonly Activation[] {
  const keys = new Set(ring.keys.filter((key) => isOfTrack(key, track) && !isRetired(key)).map(({ id }) => id));
  return ring.activations.filter(({ key, at }) => at <= now && keys.has(key));
}

/** Who was given a key by name: entityID to key id. One that everybody has since been given is no exception any more. */
export function pinsOf(ring: KeyRing, track: KeyTrack, now: number): ReadonlyMap<string, string> {
  const activations = inForce(ring, track, now);
  const general = activations.filter(({ partner }) => partner === undefined);
  const pins = new Map<string, string>();
  for (const partner of new Set(activations.flatMap(({ partner }) => partner ?? []))) {
    const pin = latest(activations.filter((one) => one.partner === partner));
    if (pin === undefined) continue;
    const undone = general.some(
      (one) => (one.everyone === true || one.key === pin.key) && (one.at > pin.at || one.orderedAt > pin.orderedAt),
    );
    if (!undone) pins.set(partner, pin.key);
  }
  return pins;
}

/** The key that is used now; with `partner`, for that one. `undefined`: there is none of this track. */
export function activeKey(ring: KeyRing, track: KeyTrack, now: number, partner?: string): RingKey | undefined {
  const pinned = partner === undefined ? undefined : pinsOf(ring, track, now).get(partner);
  const id = pinned ?? latest(inForce(ring, track, now).filter((one) => one.partner === undefined))?.key;
  return ring.keys.find((key) => key.id === id);
}

export function stateOf(ring: KeyRing, key: RingKey, now: number): KeyState {
  if (isRetired(key)) return 'retired';
  if (activeKey(ring, key, now)?.id === key.id) return 'active';
  return isPublished(key) ? 'published' : 'pending';
}

/** Since when the key is in its state; for an active one since when everybody has it. */
export function stateSince(ring: KeyRing, key: RingKey, now: number): number {
  switch (stateOf(ring, key, now)) {
    case 'retired':
      return key.retiredAt ?? key.addedAt;
    case 'active':
      return Math.max(
        latest(inForce(ring, key, now).filter((one) => one.partner === undefined))?.at ?? key.addedAt,
        key.publishedAt ?? 0,
      );
    case 'published':
      return key.publishedAt ?? key.addedAt;
    case 'pending':
      return key.addedAt;
  }
}

/** What the metadata of a side holds for a use, the active key first: partners that take one take the first. */
export function publishedKeys(ring: KeyRing, side: KeySide, use: KeyUse, now: number): readonly RingKey[] {
  const keys = ring.keys.filter((key) => key.side === side && key.use === use && isPublished(key));
  const isActive = (key: RingKey) => activeKey(ring, key, now)?.id === key.id;
  return [...keys.filter(isActive), ...keys.filter((key) => !isActive(key))];
}

/**
 * What opens what was encrypted for us. A key opens before it is published, so that no node knows less than the metadata of
 * another one says, and after it is retired for as long as somebody may still hold our earlier metadata.
 */
export function openingKeys(ring: KeyRing, side: KeySide, now: number): readonly RingKey[] {
  const opens = ({ retiredAt, place }: RingKey) =>
    place.in !== 'erased' && (retiredAt === undefined || now < retiredAt + metadataLifetimeMs);
  const published = publishedKeys(ring, side, 'encryption', now);
  const others = ring.keys.filter((key) => key.side === side && key.use === 'encryption' && !published.includes(key));
  return [...published, ...others.filter(opens)];
}

/** Activations that have not begun. */
export function scheduled(ring: KeyRing, now: number): readonly Activation[] {
  return ring.activations.filter(({ at }) => at > now);
}
