/** @module Our SAML keys while the server runs: the ring as it is on the disk, taken over when it changes, and what it says now. */

import type { KeyObject } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { coalesced } from '../adapters/coalesced.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { type LoadedRing, loadRing } from '../adapters/key-ring/loaded-ring.ts';
import { createPrivateKeys, type PrivateKeys } from '../adapters/key-ring/private-keys.ts';
import { createRingStore, type RingStore } from '../adapters/key-ring/ring-store.ts';
import type { OwnKey } from '../engine/key-expiry.ts';
import { activeKey, openingKeys, publishedKeys, scheduled, stateOf } from '../engine/key-ring.ts';
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { KeyFamily, KeyRing, KeySide, KeyUse, RingKey } from '../spi/key-ring.ts';
import type { Logger } from '../spi/logger.ts';
import type { SignatureAlgorithm, Signer } from '../spi/signer.ts';
import { buildKeyRing } from '../wire/key-ring-file.ts';
import { vaultOfHome } from './secret-sources.ts';

export interface OwnKeys {
  /** The key that signs for a partner now, or for nobody in particular. `undefined`: the ring has none of this family, or there is none. */
  signer(
    side: KeySide,
    algorithm: SignatureAlgorithm,
    partner?: string,
  ): { readonly id: string; readonly signer: Signer } | undefined;
  /** DER of what the metadata of a side names, the one to take first in front. Empty without a ring. */
  certificates(side: KeySide, use: KeyUse): readonly Uint8Array[];
  /** What opens what was encrypted for a side: keys for that, and RSA keys that sign, which partners have used for it. */
  openers(side: KeySide): readonly KeyObject[];
  /** What certificates may run out of. */
  keys(): readonly OwnKey[];
  /** Why the file on the disk is not what is in force; `undefined` when it is. */
  problem(): string | undefined;
  /** Counts what was taken over. */
  revision(): number;
  /** Looks at the file now. */
  check(): Promise<void>;
  close(): void;
}

export interface OwnKeysParts {
  readonly home: HomeFolder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** False: the file is read once. */
  readonly watch: boolean;
}

/** Looking works for renames, symbolic links and network folders alike; an activation is seldom so urgent. */
const pollMs = 1000;
/** A partner's key is looked up in a table of so many; then the table begins anew. */
const maxRemembered = 20_000;

export const ringStoreOf = (home: HomeFolder): RingStore => createRingStore(home.resolve('data/keys'));

export const privateKeysOf = (home: HomeFolder): PrivateKeys =>
  createPrivateKeys({ home, vault: () => vaultOfHome(home, process.env) });

/** @throws ERR_KEY_RING, ERR_VAULT_* when there is a ring that cannot be used */
export async function openOwnKeys({ home, clock, logger, watch }: OwnKeysParts): Promise<OwnKeys> {
  const store = ringStoreOf(home);
  const privateKeys = privateKeysOf(home);
  let loaded: LoadedRing | undefined;
  let choose: ReturnType<typeof createChooser> | undefined;
  let problem: string | undefined;
  let revision = 0;

  async function load(): Promise<LoadedRing | undefined> {
    const ring = await store.read();
    if (ring === undefined || (loaded && buildKeyRing(ring) === buildKeyRing(loaded.ring))) return ring && loaded;
    return loadRing(ring, await privateKeys.load(ring.keys.filter((key) => isNeeded(ring, key, clock.now()))));
  }

  function use(next: LoadedRing | undefined): void {
    loaded = next;
    choose = next && createChooser(next.ring, clock);
    revision += 1;
  }

  function complain(words: string): void {
    if (problem !== words)
      logger.error(
        { ring: store.path, reason: words },
        'the key ring changed and cannot be used; the earlier one stays',
      );
    problem = words;
  }

  const check = coalesced(async () => {
    try {
      const next = await load();
      if (next === undefined && loaded !== undefined) return complain('it is gone');
      problem = undefined;
      if (next === loaded) return;
      use(next);
      logger.info({ ring: store.path, revision: next?.ring.revision }, 'the key ring was taken over');
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      complain([error.message, ...Object.values(error.facts)].join('; '));
    }
  });

  use(await load());
  const listener = () => {
    check().catch((error: unknown) => logger.error({ err: error }, 'the key ring could not be looked at'));
  };
  if (watch) watchFile(store.path, { interval: pollMs, persistent: false }, listener);

  return {
    signer(side, algorithm, partner) {
      const family = algorithm.startsWith('rsa-') ? 'rsa' : 'ec';
      const key = choose?.(side, family, partner);
      return key && loaded && { id: key.id, signer: loaded.signer(key, algorithm) };
    },
    certificates: (side, use) =>
      loaded === undefined
        ? []
        : publishedKeys(loaded.ring, side, use, clock.now()).map(({ certificate }) => certificate),
    openers(side) {
      if (loaded === undefined) return [];
      const { ring, opener } = loaded;
      const now = clock.now();
      const signing = ring.keys.filter(
        (key) => key.side === side && key.use === 'signing' && stateOf(ring, key, now) !== 'retired',
      );
      return [...openingKeys(ring, side, now), ...signing].flatMap((key) => opener(key) ?? []);
    },
    keys() {
      const ring = loaded?.ring;
      const now = clock.now();
      return (ring?.keys ?? []).flatMap((key) => {
        const state = ring === undefined ? 'retired' : stateOf(ring, key, now);
        return state === 'retired' ? [] : [{ ...key, state }];
      });
    },
    problem: () => problem,
    revision: () => revision,
    check,
    close: () => unwatchFile(store.path, listener),
  };
}

/** Private keys of retired ones are asked for only while they still open something. */
function isNeeded(ring: KeyRing, key: RingKey, now: number): boolean {
  return stateOf(ring, key, now) !== 'retired' || openingKeys(ring, key.side, now).includes(key);
}

/** The active key by partner, found once between two instants at which something begins. */
function createChooser(ring: KeyRing, clock: Clock) {
  const known = new Map<string, RingKey | undefined>();
  let from = 0;
  let until = 0;
  return (side: KeySide, family: KeyFamily, partner: string | undefined): RingKey | undefined => {
    const now = clock.now();
    // A clock that was set back may stand before an instant that had passed.
    if (now < from || now >= until || known.size >= maxRemembered) {
      known.clear();
      from = now;
      until = Math.min(...scheduled(ring, now).map(({ at }) => at), Number.POSITIVE_INFINITY);
    }
    const name = `${side} ${family} ${partner ?? ''}`;
    if (!known.has(name)) known.set(name, activeKey(ring, { side, use: 'signing', family }, now, partner));
    return known.get(name);
  };
}
