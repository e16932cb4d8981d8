/** @module The steps of a key roll-over on a home: decided on the ring as it is, recorded, and then done, one at a time. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { PrivateKeys } from '../adapters/key-ring/private-keys.ts';
import type { RingStore } from '../adapters/key-ring/ring-store.ts';
import { createSigner } from '../adapters/memory-signer.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import {
  type ActivateOptions,
  activateKey,
  addKey,
  eraseKey,
  publishKey,
  retireKey,
  type Step,
} from '../engine/key-ring-steps.ts';
import type { AuditType } from '../spi/audit.ts';
import type { Clock } from '../spi/clock.ts';
import { type ErrorCode, GatehouseError } from '../spi/errors.ts';
import type { KeyRing, KeySide, KeyUse, RingKey } from '../spi/key-ring.ts';
import type { Secret } from '../spi/secret.ts';
import { readKeyCertificate } from '../wire/key-ring-file.ts';

/** A pair of the configuration, which a new ring begins with. Paths as written. */
export interface ConfiguredKey {
  readonly side: KeySide;
  readonly key: string;
  readonly certificate: string;
}

export interface KeyStepsParts {
  readonly home: Pick<HomeFolder, 'inConfiguration' | 'readText'>;
  readonly store: RingStore;
  readonly privateKeys: PrivateKeys;
  readonly configured: readonly ConfiguredKey[];
  readonly clock: Clock;
  readonly record: AuditTrail['record'];
}

export interface NewKey {
  readonly side: KeySide;
  readonly use: KeyUse;
  readonly keyPem: Secret<string>;
  readonly certificatePem: string;
}

/** `key` as it is after the step; `undefined` ring: there was none. */
export type StepAnswer =
  | { readonly status: 'unknown-key'; readonly ring: KeyRing | undefined }
  | (Step & { readonly key: RingKey; readonly forgetting?: string });

export interface KeySteps {
  /** @throws ERR_CONFIG_INVALID when the pair is not one that partners can rely on */
  add(key: NewKey): Promise<StepAnswer>;
  publish(id: string, options: { readonly force: boolean }): Promise<StepAnswer>;
  activate(
    id: string,
    options: Omit<ActivateOptions, 'now' | 'at'> & { readonly at?: number | undefined },
  ): Promise<StepAnswer>;
  retire(id: string, options: { readonly force: boolean }): Promise<StepAnswer>;
  erase(id: string, options: { readonly force: boolean }): Promise<StepAnswer>;
}

/** Ids and what they may be shortened to, as long as one key alone is meant. */
export function findKey(ring: KeyRing, id: string): RingKey | undefined {
  const meant = ring.keys.filter((key) => id.length >= 4 && key.id.startsWith(id.toLowerCase()));
  return meant.length === 1 ? meant[0] : undefined;
}

export function createKeySteps(parts: KeyStepsParts): KeySteps {
  const { store, privateKeys, clock, record } = parts;

  async function recorded(type: AuditType, step: Step, id: string, partner?: string): Promise<void> {
    const overridden = step.status === 'made' && step.overridden.length > 0;
    await record({
      type,
      outcome: step.status === 'made' ? 'success' : 'failure',
      key: id,
      ...(partner === undefined ? {} : { application: partner }),
      ...(step.status === 'refused' ? { reason: step.reason } : {}),
      ...(overridden ? { reason: `forced-${step.overridden.join('-')}` } : {}),
    });
  }

  /** The record comes first: what cannot be recorded does not happen. `before` is done between the record and the ring. */
  async function take(
    type: AuditType,
    id: string,
    decide: (ring: KeyRing, key: RingKey, now: number) => Step,
    {
      partner,
      before,
    }: { readonly partner?: string | undefined; readonly before?: (key: RingKey) => Promise<boolean> } = {},
  ): Promise<StepAnswer> {
    return orRecorded(type, id, async (ring) => {
      const key = ring && findKey(ring, id);
      if (ring === undefined || key === undefined) return { answer: { status: 'unknown-key', ring } };
      const step = decide(ring, key, clock.now());
      await recorded(type, step, key.id, partner);
      if (step.status === 'refused') return { answer: { ...step, key } };
      const isGone = (await before?.(key)) ?? true;
      const forgetting = isGone || key.place.in !== 'file' ? {} : { forgetting: key.place.path };
      return { ring: step.ring, answer: { ...step, ...forgetting, key: findKey(step.ring, key.id) ?? key } };
    });
  }

  /** A step that was recorded and then could not be done is recorded as that. */
  async function orRecorded(
    type: AuditType,
    key: string,
    change: (ring: KeyRing | undefined) => Promise<{ ring?: KeyRing; answer: StepAnswer }>,
  ): Promise<StepAnswer> {
    try {
      return await store.change(change);
    } catch (error) {
      // While another command is at work it alone adds to the chain of records.
      const isSilent = (code: ErrorCode) => code === 'ERR_AUDIT_UNAVAILABLE' || code === 'ERR_KEY_RING_BUSY';
      if (error instanceof GatehouseError && !isSilent(error.code)) {
        await record({ type, outcome: 'failure', key, reason: error.code });
      }
      throw error;
    }
  }

  /** A ring begins with what signs already: since when, only its certificate says. */
  async function begun(ring: KeyRing | undefined, side: KeySide, now: number): Promise<KeyRing> {
    const base = ring ?? { revision: 0, keys: [], activations: [] };
    if (base.keys.some((key) => key.side === side && key.use === 'signing')) return base;
    const pair = parts.configured.find((one) => one.side === side);
    if (pair === undefined) return base;
    const { home } = parts;
    const { notBeforeAt, ...facts } = certificateOf(await home.readText(home.inConfiguration(pair.certificate)));
    const since = Math.min(notBeforeAt, now);
    const place = { in: 'file', path: pair.key } as const;
    const key: RingKey = { ...facts, side, use: 'signing', place, addedAt: now, publishedAt: since };
    return {
      ...base,
      keys: [...base.keys, key],
      // Since ever: a clock that is set back finds a key that signs.
      activations: [...base.activations, { key: key.id, at: 0, orderedAt: 0 }],
    };
  }

  return {
    async add({ side, use, keyPem, certificatePem }) {
      const { notBeforeAt: _notBeforeAt, ...facts } = certificateOf(certificatePem);
      // Whether key and certificate go together and are strong enough.
      createSigner(keyPem, certificatePem, facts.family === 'rsa' ? 'rsa-sha256' : 'ecdsa-sha256');
      if (use === 'encryption' && facts.family !== 'rsa') {
        throw new GatehouseError('ERR_CONFIG_INVALID', 'a key for encryption must be an RSA key');
      }
      return orRecorded('key-added', facts.id, async (before) => {
        const now = clock.now();
        const ring = await begun(before, side, now);
        const key: RingKey = { ...facts, side, use, place: { in: 'erased' }, addedAt: now };
        const step = addKey(ring, key);
        await recorded('key-added', step, key.id);
        if (step.status === 'refused') return { answer: { ...step, key } };
        const place = await privateKeys.save(key.id, keyPem);
        const saved = { ...key, place };
        const keys = step.ring.keys.map((one) => (one.id === key.id ? saved : one));
        return { ring: { ...step.ring, keys }, answer: { ...step, ring: { ...step.ring, keys }, key: saved } };
      });
    },
    publish: (id, { force }) => take('key-published', id, (ring, key, now) => publishKey(ring, key, { now, force })),
    activate: (id, { at, ...options }) =>
      take(
        'key-activated',
        id,
        (ring, key, now) => activateKey(ring, key, { ...options, now, at: at ?? now }),
        options,
      ),
    retire: (id, { force }) => take('key-retired', id, (ring, key, now) => retireKey(ring, key, { now, force })),
    erase: (id, { force }) =>
      take('key-erased', id, (ring, key, now) => eraseKey(ring, key, { now, force }), {
        before: ({ place }) => privateKeys.erase(place),
      }),
  };
}

/** @throws ERR_CONFIG_INVALID */
function certificateOf(pem: string): ReturnType<typeof readKeyCertificate> {
  try {
    return readKeyCertificate(pem);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new GatehouseError('ERR_CONFIG_INVALID', 'the certificate is not a PEM certificate', { cause });
  }
}
