/** @module Lets so many pieces of work run at a time; the others wait in line, and leave it when they are told to stop. */
import { GatehouseError } from '../../spi/errors.ts';

export interface Gate {
  /**
   * Runs `work` when its turn comes. When `signal` is aborted the caller is let go at once; work that has begun goes on,
   * and keeps its place until it ends.
   * @throws ERR_DEADLINE_EXCEEDED, and ERR_OVERLOADED when the line is full
   */
  run<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createGate(limits: { readonly atATime: number; readonly waiting: number }): Gate {
  const line: (() => void)[] = [];
  let running = 0;

  function leave(): void {
    const next = line.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  async function enter(signal: AbortSignal): Promise<void> {
    if (running < limits.atATime) {
      running += 1;
      return;
    }
    if (line.length >= limits.waiting) {
      throw new GatehouseError('ERR_OVERLOADED', 'too many passwords wait to be verified');
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        line.splice(line.indexOf(turn), 1);
        reject(tooLate());
      };
      line.push(turn);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  return {
    async run(work, signal) {
      if (signal.aborted) throw tooLate();
      await enter(signal);
      const done = work(signal).finally(leave);
      return unlessAborted(done, signal);
    },
  };
}

function unlessAborted<T>(done: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(tooLate());
    signal.addEventListener('abort', giveUp, { once: true });
    done.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

function tooLate(): GatehouseError {
  return new GatehouseError('ERR_DEADLINE_EXCEEDED', 'the password was not verified in time');
}
