/** @module A clock that moves only when a test says so, and the timers that hang on it. */
import type { Clock, Timers } from '../../src/spi/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on and fires the timers that have become due, in order of their time. */
  advance(ms: number): void;
  readonly timers: Timers;
  /** How many timers are waiting. */
  pendingTimers(): number;
}

/** 2026-01-01T00:00:00Z. */
export const FAKE_START = 1_767_225_600_000;

export function createFakeClock(startAt: number = FAKE_START): FakeClock {
  let now = startAt;
  const waiting = new Set<{ readonly at: number; readonly callback: () => void }>();

  function earliestDue(until: number) {
    let earliest: { readonly at: number; readonly callback: () => void } | undefined;
    for (const timer of waiting) {
      if (timer.at <= until && (earliest === undefined || timer.at < earliest.at)) earliest = timer;
    }
    return earliest;
  }

  return {
    now: () => Math.floor(now),
    timer: () => now,
    advance(ms) {
      const until = now + ms;
      for (let timer = earliestDue(until); timer !== undefined; timer = earliestDue(until)) {
        waiting.delete(timer);
        now = Math.max(now, timer.at);
        timer.callback();
      }
      now = until;
    },
    timers: {
      start(callback, ms) {
        const timer = { at: now + ms, callback };
        waiting.add(timer);
        return () => {
          waiting.delete(timer);
        };
      },
    },
    pendingTimers: () => waiting.size,
  };
}
