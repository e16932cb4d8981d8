/** @module The gate in front of slow hashes: how many run, who waits, and who is let go. */
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/adapters/passwords/gate.ts';

const never = new AbortController().signal;

/** Work that ends when the test says so. */
class Work {
  begun = 0;
  readonly #ends: (() => void)[] = [];
  readonly run = (): Promise<number> => {
    this.begun += 1;
    const mine = this.begun;
    return new Promise((resolve) => this.#ends.push(() => resolve(mine)));
  };
  end(): void {
    this.#ends.shift()?.();
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a gate', () => {
  it('lets no more run at a time than it may, and the next when one has ended', async () => {
    const gate = createGate({ atATime: 2, waiting: 8 });
    const work = new Work();
    const all = [1, 2, 3].map(() => gate.run(work.run, never));
    await turn();
    expect(work.begun).toBe(2);
    work.end();
    expect(await all[0]).toBe(1);
    await turn();
    expect(work.begun).toBe(3);
    work.end();
    work.end();
    expect(await Promise.all(all)).toEqual([1, 2, 3]);
  });

  it('refuses whom the line has no place for', async () => {
    const gate = createGate({ atATime: 1, waiting: 1 });
    const work = new Work();
    const first = gate.run(work.run, never);
    const second = gate.run(work.run, never);
    await expect(gate.run(work.run, never)).rejects.toMatchObject({ code: 'ERR_OVERLOADED' });
    work.end();
    await first;
    await turn();
    work.end();
    expect(await second).toBe(2);
  });

  it('lets somebody go who waits, and never begins for him', async () => {
    const gate = createGate({ atATime: 1, waiting: 1 });
    const work = new Work();
    const first = gate.run(work.run, never);
    const deadline = new AbortController();
    const second = gate.run(work.run, deadline.signal);
    deadline.abort();
    await expect(second).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
    const third = gate.run(work.run, never);
    work.end();
    expect(await first).toBe(1);
    await turn();
    work.end();
    expect(await third).toBe(2);
  });

  it('lets somebody go whose work has begun, but keeps the place taken until it ends', async () => {
    const gate = createGate({ atATime: 1, waiting: 1 });
    const work = new Work();
    const deadline = new AbortController();
    const first = gate.run(work.run, deadline.signal);
    const second = gate.run(work.run, never);
    await turn();
    deadline.abort();
    await expect(first).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
    await turn();
    expect(work.begun).toBe(1);
    work.end();
    await turn();
    work.end();
    expect(await second).toBe(2);
  });

  it('begins nothing for a deadline that has passed, and frees the place of work that failed', async () => {
    const gate = createGate({ atATime: 1, waiting: 0 });
    const work = new Work();
    await expect(gate.run(work.run, AbortSignal.abort())).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
    expect(work.begun).toBe(0);
    await expect(gate.run(() => Promise.reject(new Error('broken')), never)).rejects.toThrow('broken');
    const next = gate.run(work.run, never);
    await turn();
    work.end();
    expect(await next).toBe(1);
  });
});
