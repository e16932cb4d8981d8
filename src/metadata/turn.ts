/** @module Whose turn it is to fetch: of the nodes that share a store one asks, and the others wait for its copy. */
import { createHash } from 'node:crypto';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { isUnavailable } from '../spi/errors.ts';

export interface Turn {
  /** False when another node is fetching or has fetched within this period. */
  take(): Promise<boolean>;
  /** To be called after a fetch that succeeded, with the time after which the next one is due. */
  done(periodMs: number): Promise<void>;
}

/** As long as a fetch can take. It is no fence: two nodes that fetch at once cost a request and harm nothing. */
const leaseMs = 60_000;

export function createTurn(options: { readonly ephemeral: EphemeralStore; readonly name: string }): Turn {
  const { ephemeral } = options;
  const id = createHash('sha256').update(options.name).digest('base64url');
  const [lease, fetched] = [`saml-metadata-lease:${id}`, `saml-metadata-fetched:${id}`];

  /** A store that is away is no reason to let metadata run out. */
  async function orElse<T>(asked: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await asked();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return otherwise;
    }
  }

  return {
    take: () =>
      orElse(async () => (await ephemeral.get(fetched)) === undefined && (await ephemeral.once(lease, leaseMs)), true),
    // Shorter than the earliest next turn, jitter included.
    done: (periodMs) => orElse(() => ephemeral.put(fetched, '1', Math.max(1, Math.round(periodMs * 0.8))), undefined),
  };
}
