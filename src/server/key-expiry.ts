/** @module The alarm about our SAML keys in a running server: log, metrics, readiness. */
import type { Metrics } from '../adapters/metrics.ts';
import { createExpiryWatch, type ExpiryWatch } from '../engine/key-expiry.ts';
import type { Clock } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import type { Closers } from './closers.ts';
import type { OwnKeys } from './own-keys.ts';
import type { Signers } from './signers.ts';

export interface KeyExpiryParts {
  readonly ring: Pick<OwnKeys, 'problem' | 'keys'>;
  /** Of each side, the files that the configuration names. */
  readonly signers: readonly (Pick<Signers, 'keys'> | undefined)[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'watchKeys'>;
  readonly closers: Closers;
}

/** A stage of the alarm is days long. */
const lookMs = 3600_000;

export function watchKeyExpiry({ ring, signers, clock, logger, metrics, closers }: KeyExpiryParts): ExpiryWatch {
  const keys = () => [...ring.keys(), ...signers.flatMap((side) => side?.keys() ?? [])];
  const watch = createExpiryWatch({ keys, now: clock.now, logger });
  metrics.watchKeys({ keys, problem: ring.problem }, clock);
  closers.add(setInterval(watch.look, lookMs).unref(), (timer) => clearInterval(timer));
  return {
    look: watch.look,
    warnings() {
      const problem = ring.problem();
      const ringWarning = problem === undefined ? [] : [`the key ring on the disk cannot be used: ${problem}`];
      return [...ringWarning, ...watch.warnings()];
    },
  };
}
