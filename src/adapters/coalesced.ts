/** @module One run at a time, and never one too few: what is asked for during a run is done by one more run after it. */

/**
 * Calls `work` at once, or once more after the call that is under way, which may have looked too early. Resolves when
 * no run is wanted any more, rejects as `work` does.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let wanted = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    try {
      while (wanted) {
        wanted = false;
        await work();
      }
    } finally {
      // In the same step as the last look at `wanted`: a call that comes after it starts a new run.
      running = undefined;
    }
  }

  return () => {
    wanted = true;
    running ??= run();
    return running;
  };
}
