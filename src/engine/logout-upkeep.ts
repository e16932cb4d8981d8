/** @module What follows from time: logouts that a node left behind go on, waiting browsers are given up, expired sessions are accounted for. */
import type { Clock, Timers } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { LogoutLease, LogoutLedger, LogoutRecord } from '../spi/logout-ledger.ts';
import type { Logouts } from './logout.ts';
import type { Telling } from './logout-telling.ts';
import { createSessionExpiry } from './session-expiry.ts';
import type { SsoSessions } from './sso-sessions.ts';

export interface UpkeepOptions {
  readonly ledger: LogoutLedger;
  readonly logouts: Logouts;
  readonly telling: Telling;
  readonly sessions: SsoSessions;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly lease: LogoutLease;
  /** Whether participants of a session that expired are told. */
  readonly tellOnExpiry: boolean;
}

export interface Upkeep {
  /** One round, now. */
  round(): Promise<void>;
  /** Rounds from now on until `close`. */
  start(): void;
  close(): Promise<void>;
}

/** A logout that a node left behind has waited for its lease already; a minute more or less is nothing to it. */
const roundMs = 30_000;
/** In one round; the next one takes the next. */
const maxInRound = 500;

export function createUpkeep(options: UpkeepOptions): Upkeep {
  const { ledger, logouts, telling, clock, timers, logger, lease } = options;
  const expiry = createSessionExpiry(options);
  let cancel: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();
  let closed = false;

  async function goOn(claimed: LogoutRecord): Promise<void> {
    const record = await logouts.goOn(claimed);
    for (const participant of record.participants) {
      const isLeft = participant.channel === 'front' && participant.outcome === 'pending';
      if (isLeft && clock.now() >= record.giveUpAt) await logouts.settle(record.id, participant, 'no-answer');
    }
    telling.begin(record, logouts);
  }

  async function round(): Promise<void> {
    for (const id of await ledger.unclaimed(maxInRound)) {
      const claimed = await ledger.claim(id, lease);
      if (claimed !== undefined) await goOn(claimed);
    }
    await expiry.round();
  }

  async function safeRound(): Promise<void> {
    try {
      await round();
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      logger.warn({ code: error.code, ...error.facts }, 'logouts that were left behind could not be looked after');
    }
  }

  function next(): void {
    if (closed) return;
    cancel = timers.start(() => {
      running = safeRound().then(next);
    }, roundMs);
  }

  return {
    round,
    start() {
      running = safeRound().then(next);
    },
    async close() {
      closed = true;
      cancel?.();
      await running;
      const left = expiry.left();
      if (left > 0) logger.error({ sessions: left }, 'sessions that expired were not accounted for, and nobody will');
    },
  };
}
