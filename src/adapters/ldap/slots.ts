/** @module A number of places that are taken and freed in turn: nobody waits for one longer than he may. */
import { limited } from './limits.ts';

export interface Slots {
  /** @throws ServerDown when none is free in time, ERR_DEADLINE_EXCEEDED */
  take(ms: number, signal: AbortSignal, url: string): Promise<void>;
  free(): void;
}

export function createSlots(size: number): Slots {
  let left = size;
  const waiting = new Set<() => void>();
  return {
    async take(ms, signal, url) {
      if (left > 0) {
        left -= 1;
        return;
      }
      const turn = Promise.withResolvers<void>();
      waiting.add(turn.resolve);
      const stop = () => {
        waiting.delete(turn.resolve);
      };
      await limited(() => turn.promise, { ms, signal, url, stop });
    },
    free() {
      const [next] = waiting;
      if (next === undefined) {
        left += 1;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
