/** @module Deadlines: work that has not answered in time is told to stop, and is waited for no longer. */
import type { Timers } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';

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
