import { describe, expect, it } from 'vitest';
import { createAttemptGate } from '../../src/engine/attempt-gate.ts';

/** A gate whose visitors are never told to stop, unless the test says so. */
function openGate(maxWaiting?: number) {
  const gate = createAttemptGate(maxWaiting);
  const patient = new AbortController().signal;
  return { enter: (key: string, room: () => Promise<number>, signal = patient) => gate.enter(key, room, signal) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the attempt gate', () => {
  it('lets in as many as there is room for, and the next when one leaves', async () => {
    const gate = openGate();
    const first = await gate.enter('k', async () => 1);
    let entered = false;
    const second = gate
      .enter('k', async () => 1)
      .then((leave) => {
        entered = true;
        return leave;
      });
    await settle();
    expect(entered).toBe(false);
    first?.();
    expect(await second).toBeTypeOf('function');
  });

  it('keeps keys apart', async () => {
    const gate = openGate();
    await gate.enter('k', async () => 1);
    expect(await gate.enter('l', async () => 1)).toBeTypeOf('function');
  });

  it('refuses all who wait once no room is left', async () => {
    const gate = openGate();
    let room = 1;
    const first = await gate.enter('k', async () => room);
    const others = [1, 2, 3].map(() => gate.enter('k', async () => room));
    await settle();
    room = 0;
    first?.();
    expect(await Promise.all(others)).toEqual([undefined, undefined, undefined]);
  });

  it('refuses at once who would wait behind too many', async () => {
    const gate = openGate(1);
    await gate.enter('k', async () => 1);
    void gate.enter('k', async () => 1);
    await settle();
    expect(await gate.enter('k', async () => 1)).toBeUndefined();
  });

  it('is left once, however often one leaves', async () => {
    const gate = openGate();
    const first = await gate.enter('k', async () => 1);
    first?.();
    first?.();
    const second = await gate.enter('k', async () => 1);
    let entered = false;
    void gate
      .enter('k', async () => 1)
      .then(() => {
        entered = true;
      });
    await settle();
    expect([typeof second, entered]).toEqual(['function', false]);
  });

  it('wakes the next when asking for room fails', async () => {
    const gate = openGate();
    const first = await gate.enter('k', async () => 1);
    let broken = false;
    const room = async () => {
      if (!broken) return 1;
      broken = false;
      throw new RangeError('broken');
    };
    const second = gate.enter('k', room);
    const third = gate.enter('k', async () => 1);
    await settle();
    broken = true;
    first?.();
    await expect(second).rejects.toThrow(RangeError);
    expect(await third).toBeTypeOf('function');
  });

  it('lets go who is told to stop waiting, and then wakes others all the same', async () => {
    const gate = openGate(1);
    const first = await gate.enter('k', async () => 1);
    const stop = new AbortController();
    const second = gate.enter('k', async () => 1, stop.signal);
    await settle();
    stop.abort(new RangeError('too late'));
    await expect(second).rejects.toThrow('too late');
    const third = gate.enter('k', async () => 1);
    await settle();
    first?.();
    expect(await third).toBeTypeOf('function');
  });

  it('lets nobody in who was told to stop while room was asked for', async () => {
    const gate = openGate();
    const stop = new AbortController();
    const { promise, resolve } = Promise.withResolvers<number>();
    const first = gate.enter('k', () => promise, stop.signal);
    stop.abort(new RangeError('too late'));
    resolve(1);
    await expect(first).rejects.toThrow('too late');
    expect(await gate.enter('k', async () => 1)).toBeTypeOf('function');
  });
});
