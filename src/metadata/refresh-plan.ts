/** @module When a document is asked for again. */
import type { Random } from '../spi/clock.ts';

/** What a publisher asks for with its cacheDuration is heeded down to this. */
const leastRefreshMs = 60_000;
const firstRetryMs = 60_000;

export interface RefreshPlan {
  readonly refreshMs: number;
  /** What the document says of itself. */
  readonly cacheDurationMs: number | undefined;
  readonly failuresInARow: number;
}

/** Sooner when the document wants it; after a failure soon, then twice as late each time, up to the usual. */
export function nextRefreshMs({ refreshMs, cacheDurationMs, failuresInARow }: RefreshPlan): number {
  const usual = Math.max(Math.min(refreshMs, cacheDurationMs ?? refreshMs), Math.min(refreshMs, leastRefreshMs));
  if (failuresInARow === 0) return usual;
  return Math.min(usual, firstRetryMs * 2 ** Math.min(failuresInARow - 1, 20));
}

/** A tenth earlier or later: nodes that were started together do not ask together. */
export function jitter(ms: number, random: Random): number {
  const [byte = 0] = random.bytes(1);
  return Math.round(ms * (0.9 + (0.2 * byte) / 255));
}
