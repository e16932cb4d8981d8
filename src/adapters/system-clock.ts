/** @module The machine's clock, its timers and its cryptographic generator. */
import { randomBytes } from 'node:crypto';
import type { Clock, Random, Timers } from '../spi/clock.ts';

export const systemClock: Clock = { now: () => Date.now(), timer: () => performance.now() };

export const systemRandom: Random = { bytes: (length) => randomBytes(length) };

/** They keep the process alive: a login in progress is finished before the server stops. */
export const systemTimers: Timers = {
  start(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
