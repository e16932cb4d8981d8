/** @module Deadlines: work that has not answered in time is told to stop, and is waited for no longer. */
import { GatehouseError } from '../spi/errors.ts';

/** Timers as an argument, so that a test of a deadline does not wait for it. */
export interface Timers {
  /** Calls back once after `ms`. The function returned cancels it, and does nothing when it is too late. */
  start(callback: () => void, ms: number): () => void;
}

/** The timers of the process. They keep it alive: a login in progress is finished before the server stops. */
export const processTimers: Timers = {
  start(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * What `work` answers, if it answers within `ms`. Work that ignores its signal is abandoned, and what becomes of it
 * later is dropped: nobody waits for it, so even its rejection has no effect.
 * @throws ERR_DEADLINE_EXCEEDED
 */
export async function withDeadline<T>(
  timers: Timers,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const expired = Promise.withResolvers<never>();
  const cancel = timers.start(() => {
    const fault = new GatehouseError('ERR_DEADLINE_EXCEEDED', 'No answer within the deadline', {
      facts: { deadlineMs: ms },
    });
    // Rejected before the abort: an abort error of the work itself must not be what the caller sees.
    expired.reject(fault);
    controller.abort(fault);
  }, ms);
  try {
    return await Promise.race([work(controller.signal), expired.promise]);
  } finally {
    cancel();
  }
}
