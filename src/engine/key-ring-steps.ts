/** @module The steps of a key roll-over as changes of a ring: each either made, or refused with the reason. */
import type { Activation, KeyRing, RingKey } from '../spi/key-ring.ts';
import { activeKey, metadataLifetimeMs, pinsOf, publishedKeys, scheduled, stateOf } from './key-ring.ts';

export type StepRefusal =
  | 'already-there'
  | 'too-many'
  | 'retired'
  | 'already-published'
  | 'already-active'
  | 'not-for-one-partner'
  | 'not-published'
  | 'published-too-short'
  | 'expired'
  | 'in-the-past'
  | 'active'
  | 'pinned'
  | 'scheduled'
  | 'last-encryption-key'
  | 'in-flight'
  | 'not-retired'
  | 'already-erased';

export type Step =
  /** `overridden`: rules against which it was made, because somebody said so. */
  | { readonly status: 'made'; readonly ring: KeyRing; readonly overridden: readonly StepRefusal[] }
  /** `until`: from when on it would not be refused. `forceable`: it is made when somebody says so. */
  | {
      readonly status: 'refused';
      readonly reason: StepRefusal;
      readonly forceable: boolean;
      readonly until?: number;
      readonly partners?: readonly string[];
    };

/** Partners read so many keys of a role, some of them no more. */
export const maxPublishedKeys = 12;
/** A ring is a handful of keys; what was erased counts too, as it tells the history. */
export const maxRingKeys = 100;
/** The longest life of an assertion that the configuration allows: so long a signature may be under way. */
const inFlightMs = 3600_000;

const made = (ring: KeyRing, change: Partial<KeyRing>, overridden: readonly StepRefusal[] = []): Step => ({
  status: 'made',
  ring: { ...ring, ...change, revision: ring.revision + 1 },
  overridden,
});
const refused = (
  reason: StepRefusal,
  more: { readonly forceable?: boolean; readonly until?: number; readonly partners?: readonly string[] } = {},
): Step => ({ status: 'refused', forceable: false, reason, ...more });

function changed(ring: KeyRing, key: RingKey, change: Partial<RingKey>): readonly RingKey[] {
  return ring.keys.map((one) => (one.id === key.id ? { ...one, ...change } : one));
}

/** Of several rules that stand against it, the first that cannot be overridden, or that was not. */
function against(broken: readonly Extract<Step, { status: 'refused' }>[], force: boolean): Step | undefined {
  return broken.find(({ forceable }) => !forceable) ?? (force ? undefined : broken[0]);
}

type Broken = Extract<Step, { status: 'refused' }>;
const rule = (holds: boolean, reason: StepRefusal, more: Omit<Partial<Broken>, 'status' | 'reason'> = {}): Broken[] =>
  holds ? [] : [{ status: 'refused', reason, forceable: true, ...more }];

export function addKey(ring: KeyRing, key: RingKey): Step {
  if (ring.keys.some(({ id }) => id === key.id)) return refused('already-there');
  if (ring.keys.length >= maxRingKeys) return refused('too-many');
  return made(ring, { keys: [...ring.keys, key] });
}

export function publishKey(ring: KeyRing, key: RingKey, { now, force }: { now: number; force: boolean }): Step {
  const state = stateOf(ring, key, now);
  if (state === 'retired') return refused('retired');
  if (state !== 'pending') return refused('already-published');
  if (publishedKeys(ring, key.side, key.use, now).length >= maxPublishedKeys) return refused('too-many');
  const broken = rule(now < key.notAfterAt, 'expired');
  return (
    against(broken, force) ??
    made(
      ring,
      { keys: changed(ring, key, { publishedAt: now }) },
      broken.map(({ reason }) => reason),
    )
  );
}

export interface ActivateOptions {
  readonly now: number;
  /** When it is to count. */
  readonly at: number;
  readonly partner?: string | undefined;
  readonly everyone: boolean;
  readonly force: boolean;
}

/** An order for everybody takes the place of an earlier one that has not begun; one for a partner, of that partner's. */
export function activateKey(ring: KeyRing, key: RingKey, options: ActivateOptions): Step {
  const { now, at, partner, everyone, force } = options;
  if (stateOf(ring, key, now) === 'retired') return refused('retired');
  if (at < now) return refused('in-the-past');
  if (partner !== undefined && key.use === 'encryption') return refused('not-for-one-partner');
  const isSameOrder = (one: Activation) => one.partner === partner && sameTrack(ring, one.key, key);
  const waiting = scheduled(ring, now).filter(isSameOrder);
  const pins = pinsOf(ring, key, now);
  const isActive =
    partner === undefined
      ? activeKey(ring, key, now)?.id === key.id && !(everyone && pins.size > 0)
      : pins.get(partner) === key.id;
  if (isActive && waiting.length === 0) return refused('already-active');
  const { publishedAt } = key;
  const broken = [
    ...rule(publishedAt !== undefined, 'not-published'),
    // What is encrypted with any key of the metadata is opened; only a signature has to be known beforehand.
    ...(publishedAt === undefined || key.use === 'encryption' || isActive || wasActive(ring, key, now)
      ? []
      : rule(at >= publishedAt + metadataLifetimeMs, 'published-too-short', {
          until: publishedAt + metadataLifetimeMs,
        })),
    ...rule(at < key.notAfterAt, 'expired'),
  ];
  const overridden = broken.map(({ reason }) => reason);
  const activation: Activation = {
    key: key.id,
    ...(partner === undefined ? {} : { partner }),
    at,
    orderedAt: now,
    ...(everyone ? { everyone: true } : {}),
    ...(broken.length === 0 ? {} : { forced: true }),
  };
  return (
    against(broken, force) ??
    made(
      ring,
      {
        // Nobody could verify what is signed with a key that the metadata does not name.
        keys: publishedAt === undefined ? changed(ring, key, { publishedAt: now }) : ring.keys,
        activations: [...ring.activations.filter((one) => !waiting.includes(one)), activation],
      },
      overridden,
    )
  );
}

function sameTrack(ring: KeyRing, id: string, { side, use, family }: RingKey): boolean {
  return ring.keys.some((one) => one.id === id && one.side === side && one.use === use && one.family === family);
}

/** Back to the key from before: everybody has known it for long. */
function wasActive(ring: KeyRing, { id }: RingKey, now: number): boolean {
  return ring.activations.some((one) => one.key === id && one.at <= now && one.partner === undefined);
}

export function retireKey(ring: KeyRing, key: RingKey, { now, force }: { now: number; force: boolean }): Step {
  if (stateOf(ring, key, now) === 'retired') return refused('retired');
  const isActive = stateOf(ring, key, now) === 'active';
  const others = publishedKeys(ring, key.side, key.use, now).filter(({ id }) => id !== key.id);
  const isLast = key.use === 'encryption' && key.publishedAt !== undefined && others.length === 0;
  // The last key for encryption may be given up; somebody who signs must have a key to sign with.
  if (isActive && !isLast) return refused('active');
  if (scheduled(ring, now).some((one) => one.key === key.id)) return refused('scheduled');
  const partners = [...pinsOf(ring, key, now)].filter(([, id]) => id === key.id).map(([partner]) => partner);
  if (partners.length > 0) return refused('pinned', { partners });
  const usedUntil = key.use === 'signing' ? endOfUse(ring, key, now) : undefined;
  const until = usedUntil === undefined ? undefined : usedUntil + inFlightMs;
  const broken = [
    ...rule(!isLast, 'last-encryption-key'),
    ...(until === undefined ? [] : rule(now >= until, 'in-flight', { until })),
  ];
  return (
    against(broken, force) ??
    made(
      ring,
      { keys: changed(ring, key, { retiredAt: now }) },
      broken.map(({ reason }) => reason),
    )
  );
}

/** When another key took the place of this one; `undefined` for one that was never used. */
function endOfUse(ring: KeyRing, key: RingKey, now: number): number | undefined {
  const began = ring.activations.filter(({ key: id, at }) => id === key.id && at <= now).map(({ at }) => at);
  if (began.length === 0) return undefined;
  const after = ring.activations.filter(
    (one) => one.key !== key.id && sameTrack(ring, one.key, key) && one.at <= now && one.at >= Math.max(...began),
  );
  return Math.max(...began, ...after.map(({ at }) => at));
}

/** The private key goes; what the ring knows of the key stays. */
export function eraseKey(ring: KeyRing, key: RingKey, { now, force }: { now: number; force: boolean }): Step {
  const { retiredAt } = key;
  if (key.place.in === 'erased') return refused('already-erased');
  if (retiredAt === undefined) return refused('not-retired');
  const until = retiredAt + metadataLifetimeMs;
  const broken = key.use === 'encryption' ? rule(now >= until, 'in-flight', { until }) : [];
  return (
    against(broken, force) ??
    made(
      ring,
      { keys: changed(ring, key, { place: { in: 'erased' } }) },
      broken.map(({ reason }) => reason),
    )
  );
}
