/** @module What is known of which partner has our keys: what happened and when, and no more than that. */
import type { Clock } from '../spi/clock.ts';

/** Instants, milliseconds since the epoch. */
export interface KeySighting {
  /** Something for this partner was signed with the key; whether it could verify it is not known. */
  readonly signedAt: number;
  /** The partner confirmed a logout request that this key signed: it has the key, if it looks at signatures at all. */
  readonly confirmedAt?: number;
}

export interface PartnerSighting {
  /** Our metadata was fetched in the name of this partner, which anybody can do. */
  readonly fetchedAt?: number;
  /** A message that it signed was verified: it is alive. Of our keys that says nothing. */
  readonly verifiedAt?: number;
  /** By key id. */
  readonly keys: Readonly<Record<string, KeySighting>>;
}

export interface Sightings {
  /** By entityID. */
  readonly partners: Readonly<Record<string, PartnerSighting>>;
  /** Fetches of our metadata in nobody's name. */
  readonly fetches: { readonly count: number; readonly lastAt?: number };
}

export interface KeySightings {
  /** Counts for a partner only where that one is known already: a name in an address is anybody's word. */
  fetched(partner: string | undefined): void;
  verified(partner: string): void;
  signed(partner: string, key: string): void;
  confirmed(partner: string, key: string): void;
  snapshot(): Sightings;
  /** Counts the changes. */
  revision(): number;
}

/** Signing is what a busy server does all the time: for the view a second is a moment. */
const sameMomentMs = 1000;
/** Partners that are remembered; a federation has thousands, and those of the last weeks are what counts. */
export const maxSightedPartners = 10_000;
/** Of one partner: a key of the day before yesterday's roll-over is of no interest. */
const maxKeysOfPartner = 8;

export const noSightings: Sightings = { partners: {}, fetches: { count: 0 } };

export function createKeySightings(clock: Clock, before: Sightings = noSightings): KeySightings {
  /** In the order of their last sighting. */
  const partners = new Map(Object.entries(before.partners));
  let { fetches } = before;
  let revision = 0;

  function see(partner: string, change: (known: PartnerSighting, now: number) => PartnerSighting): void {
    const known = partners.get(partner) ?? { keys: {} };
    partners.delete(partner);
    partners.set(partner, change(known, clock.now()));
    const [oldest] = partners.keys();
    if (partners.size > maxSightedPartners && oldest !== undefined) partners.delete(oldest);
    revision += 1;
  }

  function withKey(known: PartnerSighting, key: string, sighting: KeySighting): PartnerSighting {
    const others = Object.entries(known.keys)
      .filter(([id]) => id !== key)
      .slice(1 - maxKeysOfPartner);
    return { ...known, keys: Object.fromEntries([...others, [key, sighting]]) };
  }

  return {
    fetched(partner) {
      if (partner !== undefined && partners.has(partner)) {
        return see(partner, (known, now) => ({ ...known, fetchedAt: now }));
      }
      fetches = { count: fetches.count + 1, lastAt: clock.now() };
      revision += 1;
    },
    verified: (partner) => see(partner, (known, now) => ({ ...known, verifiedAt: now })),
    signed(partner, key) {
      const seenAt = partners.get(partner)?.keys[key]?.signedAt;
      if (seenAt !== undefined && Math.abs(clock.now() - seenAt) < sameMomentMs) return;
      see(partner, (known, now) => withKey(known, key, { ...known.keys[key], signedAt: now }));
    },
    confirmed: (partner, key) =>
      see(partner, (known, now) =>
        withKey(known, key, { signedAt: known.keys[key]?.signedAt ?? now, confirmedAt: now }),
      ),
    snapshot: () => ({ partners: Object.fromEntries(partners), fetches }),
    revision: () => revision,
  };
}
