import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../src/engine/deadline.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const never = () => new Promise<never>(() => undefined);

describe('a deadline', () => {
  it('gives back what the work answers in time', async () => {
    const { timers } = createFakeClock();
    expect(await withDeadline(timers, 100, async () => 'answer')).toBe('answer');
  });

  it('lets the fault of the work through', async () => {
    const { timers } = createFakeClock();
    const fault = new Error('its own');
    await expect(withDeadline(timers, 100, () => Promise.reject(fault))).rejects.toBe(fault);
  });

  it('lets through what the work throws before it returns a promise', async () => {
    const clock = createFakeClock();
    const fault = new Error('its own');
    const thrower = (): Promise<never> => {
      throw fault;
    };
    await expect(withDeadline(clock.timers, 100, thrower)).rejects.toBe(fault);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('leaves no timer behind when the work has answered', async () => {
    const clock = createFakeClock();
    await withDeadline(clock.timers, 100, async () => 'answer');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('does not wait for work that ignores its signal', async () => {
    const clock = createFakeClock();
    const answer = withDeadline(clock.timers, 100, never);
    clock.advance(100);
    await expect(answer).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED', facts: { deadlineMs: 100 } });
  });

  it('does not come a millisecond early', async () => {
    const clock = createFakeClock();
    const { promise, resolve } = Promise.withResolvers<string>();
    const answer = withDeadline(clock.timers, 100, () => promise);
    clock.advance(99);
    resolve('just in time');
    expect(await answer).toBe('just in time');
  });

  it('tells the work by its signal', async () => {
    const clock = createFakeClock();
    let seen: AbortSignal | undefined;
    const answer = withDeadline(clock.timers, 100, (signal) => {
      seen = signal;
      return never();
    });
    expect(seen?.aborted).toBe(false);
    clock.advance(100);
    await expect(answer).rejects.toThrow();
    expect(seen?.reason).toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
  });

  it('is what the caller sees when the work gives up with an abort error of its own', async () => {
    const clock = createFakeClock();
    const answer = withDeadline(clock.timers, 100, (signal) => {
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      return promise;
    });
    clock.advance(100);
    await expect(answer).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
  });

  it('makes no unhandled rejection of work that fails after it was abandoned', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const clock = createFakeClock();
      const { promise, reject } = Promise.withResolvers<never>();
      const answer = withDeadline(clock.timers, 100, () => promise);
      clock.advance(100);
      await expect(answer).rejects.toThrow();
      reject(new Error('late'));
      // Node reports an unhandled rejection after the microtasks of the turn in which it came.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', listen);
    }
    expect(unhandled).toEqual([]);
  });
});
