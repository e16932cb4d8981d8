/** @module Telling participants on the back channel: at once, again after a while, until the logout is given up; on one node at a time. */
import type { Clock, Timers } from '../spi/clock.ts';
import { GatehouseError, isUnavailable } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { LogoutLease, LogoutLedger, LogoutParticipant, LogoutRecord } from '../spi/logout-ledger.ts';
import { withDeadline } from './deadline.ts';
import type { Logouts } from './logout.ts';
import type { LogoutMessenger, Told } from './logout-messenger.ts';

export interface TellingOptions {
  readonly ledger: LogoutLedger;
  readonly messenger: LogoutMessenger;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly lease: LogoutLease;
  /** How long one attempt may take. */
  readonly attemptMs: number;
}

export interface Telling {
  /** Begins to tell those of the back channel; `logouts` notes what becomes of it. Failures are logged. */
  begin(record: LogoutRecord, logouts: Logouts): void;
  /** Resolves when each of them has been tried once, or after `ms`. */
  firstRound(id: string, ms: number): Promise<void>;
  /** Stops; what is pending is left to whoever claims it. */
  close(): Promise<void>;
}

/** Waits between attempts. A restart of an application takes some seconds, of a machine some minutes. */
export const backOffMs: readonly number[] = [1000, 5000, 30_000, 120_000, 300_000];

/** Of one logout at once; a person has opened a handful, a test user perhaps hundreds. */
const maxAtOnce = 8;

export function createTelling(options: TellingOptions): Telling {
  const { ledger, messenger, clock, timers, logger, lease, attemptMs } = options;
  const stopping = new AbortController();
  const stopped = Promise.withResolvers<Told>();
  const firstRounds = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();

  async function attempt(record: LogoutRecord, participant: LogoutParticipant): Promise<Told> {
    try {
      return await withDeadline(timers, attemptMs, (signal) =>
        Promise.race([
          messenger.tell(record, participant, AbortSignal.any([signal, stopping.signal])),
          stopped.promise,
        ]),
      );
    } catch (error) {
      if (!(error instanceof GatehouseError) || !isUnavailable(error)) throw error;
      return {
        status: 'unreachable',
        detail: error.code === 'ERR_DEADLINE_EXCEEDED' ? 'no-answer-in-time' : error.code,
      };
    }
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timers.start(resolve, ms);
      stopping.signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }

  async function tell(record: LogoutRecord, participant: LogoutParticipant, logouts: Logouts, tried: () => void) {
    for (let attempts = participant.attempts; ; attempts += 1) {
      if (stopping.signal.aborted || (await ledger.claim(record.id, lease)) === undefined) return;
      const told = await attempt(record, participant);
      if (stopping.signal.aborted) return;
      if (told.status === 'answered') {
        await logouts.settle(record.id, participant, told.outcome, { detail: told.detail, attempted: true });
        return;
      }
      const delay = backOffMs[Math.min(attempts, backOffMs.length - 1)] ?? 0;
      if (clock.now() + delay >= record.giveUpAt) {
        await logouts.settle(record.id, participant, 'unreachable', { detail: told.detail, attempted: true });
        return;
      }
      await logouts.attempted(record.id, participant);
      tried();
      await wait(delay);
    }
  }

  async function tellOne(record: LogoutRecord, participant: LogoutParticipant, logouts: Logouts, tried: () => void) {
    try {
      await tell(record, participant, logouts, tried);
    } catch (error) {
      logger.error({ err: error, logout: record.id, participant: participant.name }, 'a participant was not told');
    } finally {
      tried();
    }
  }

  return {
    begin(record, logouts) {
      const waiting = record.participants.filter(({ channel, outcome }) => channel === 'back' && outcome === 'pending');
      if (waiting.length === 0 || firstRounds.has(record.id)) return;
      const queue = [...waiting];
      const rounds: Promise<void>[] = [];
      const all: Promise<void>[] = [];
      const next = (): void => {
        const participant = queue.shift();
        if (participant === undefined) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        rounds.push(promise);
        all.push(
          tellOne(record, participant, logouts, () => {
            resolve();
          }),
        );
        promise.then(next, next);
      };
      for (let started = 0; started < maxAtOnce; started += 1) next();
      firstRounds.set(record.id, allOf(rounds));
      const work = allOf(all).finally(() => {
        firstRounds.delete(record.id);
        running.delete(work);
      });
      running.add(work);
    },
    async firstRound(id, ms) {
      const round = firstRounds.get(id);
      if (round === undefined) return;
      const late = Promise.withResolvers<void>();
      const cancel = timers.start(late.resolve, ms);
      await Promise.race([round, late.promise]);
      cancel();
    },
    async close() {
      stopping.abort();
      stopped.resolve({ status: 'unreachable', detail: 'stopped' });
      await Promise.all(running);
    },
  };
}

/** Also of those that are added while it waits. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  for (let index = 0; index < work.length; index += 1) await work[index];
}
