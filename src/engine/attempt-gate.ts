/** @module A gate in front of guesses: at once no more of a kind are under way than may still fail. The others wait, they are not refused. */

/** Far more than a browser or a proxy sends at once for one name or from one address; each is a request that is held open. */
export const MAX_WAITING_ATTEMPTS = 1_000;

export interface AttemptGate {
  /**
   * Waits until there is room. `room` tells how many attempts may still fail and is asked again whenever one has left.
   * `undefined`: none may, or too many wait. The function returned leaves the gate, once however often it is called.
   * @throws what `room` throws, and the signal's reason when it is aborted first: then nobody has entered
   */
  enter(key: string, room: () => Promise<number>, signal: AbortSignal): Promise<(() => void) | undefined>;
}

interface Line {
  inside: number;
  /** Inside, asking or waiting: the line is forgotten with the last of them. */
  present: number;
  /** Moves with each one that leaves: what was read before that is out of date. */
  departures: number;
  readonly waiting: (() => void)[];
}

export function createAttemptGate(maxWaiting = MAX_WAITING_ATTEMPTS): AttemptGate {
  const lines = new Map<string, Line>();

  function join(key: string): Line {
    const line = lines.get(key) ?? { inside: 0, present: 0, departures: 0, waiting: [] };
    line.present += 1;
    lines.set(key, line);
    return line;
  }

  function part(key: string, line: Line): void {
    line.present -= 1;
    if (line.present === 0) lines.delete(key);
  }

  /** One at a time: whoever is woken wakes the next as soon as it knows where it stands. */
  function wakeNext(line: Line): void {
    line.waiting.shift()?.();
  }

  function leaving(key: string, line: Line): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      line.inside -= 1;
      line.departures += 1;
      wakeNext(line);
      part(key, line);
    };
  }

  /** Until woken or told to stop. */
  async function waitInLine({ waiting }: Line, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = () => {
      const place = waiting.indexOf(resolve);
      if (place !== -1) waiting.splice(place, 1);
      resolve();
    };
    waiting.push(resolve);
    signal.addEventListener('abort', stop, { once: true });
    await promise;
    signal.removeEventListener('abort', stop);
  }

  async function waitForRoom(line: Line, room: () => Promise<number>, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const { departures } = line;
      const left = await room();
      signal.throwIfAborted();
      if (departures !== line.departures) continue;
      if (left <= 0) return false;
      if (line.inside < left) {
        // In the same step as the comparison, or all who compare in this turn would find the place free.
        line.inside += 1;
        return true;
      }
      if (line.waiting.length >= maxWaiting) return false;
      await waitInLine(line, signal);
      signal.throwIfAborted();
    }
  }

  return {
    async enter(key, room, signal) {
      const line = join(key);
      let entered = false;
      try {
        entered = await waitForRoom(line, room, signal);
        return entered ? leaving(key, line) : undefined;
      } finally {
        wakeNext(line);
        if (!entered) part(key, line);
      }
    },
  };
}
