/** @module Work whose result serves everybody for a while: signing is work, and anybody may ask for it. */
import type { Clock } from '../spi/clock.ts';

export function keptFor<T>(ms: number, clock: Clock, make: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly madeAt: number } | undefined;
  return () => {
    if (kept === undefined || clock.now() - kept.madeAt >= ms) kept = { value: make(), madeAt: clock.now() };
    return kept.value;
  };
}
