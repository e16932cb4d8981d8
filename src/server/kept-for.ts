/** @module Work whose result serves everybody for a while: signing is work, and anybody may ask for it. */
import type { Clock } from '../spi/clock.ts';

/** One answer for so long, unless `revision` changes. */
export function keptFor<T>(ms: number, clock: Clock, revision: () => number, make: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly madeAt: number; readonly revision: number } | undefined;
  return () => {
    const now = clock.now();
    if (kept === undefined || now - kept.madeAt >= ms || now < kept.madeAt || kept.revision !== revision()) {
      kept = { value: make(), madeAt: now, revision: revision() };
    }
    return kept.value;
  };
}
