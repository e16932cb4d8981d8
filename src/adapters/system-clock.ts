/** @module The machine's clock and its cryptographic generator. */
import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../spi/clock.ts';

export const systemClock: Clock = { now: () => Date.now(), timer: () => performance.now() };

export const systemRandom: Random = { bytes: (length) => randomBytes(length) };
