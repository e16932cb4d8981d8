/** @module The machine's clock, its timers and its cryptographic generator. */
import { randomBytes, randomFillSync } from 'node:crypto';
import type { Clock, Random, Timers } from '../spi/clock.ts';

export const systemClock: Clock = { now: () => Date.now(), timer: () => performance.now() };

export const systemRandom: Random = { bytes: (length) => randomBytes(length) };

/** Ids and nonces are shorter. */
const maxFromBlock = 64;
const blockBytes = 4096;

/**
 * The same for who needs little and often: each call of OpenSSL's generator asks the kernel for the process id, and in a busy
 * server costs ten times the bytes. It is asked for a block; what is handed out is wiped from it.
 */
export function createBlockRandom(): Random {
  const block = new Uint8Array(blockBytes);
  let at = blockBytes;
  return {
    bytes(length) {
      if (length > maxFromBlock) return randomBytes(length);
      if (at + length > blockBytes) {
        randomFillSync(block);
        at = 0;
      }
      const bytes = block.slice(at, at + length);
      block.fill(0, at, at + length);
      at += length;
      return bytes;
    },
  };
}

/** They keep the process alive: a login in progress is finished before the server stops. */
export const systemTimers: Timers = {
  start(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
