import { describe, expect, it } from 'vitest';
import { createCircuitBreaker } from '../../src/engine/circuit-breaker.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function open() {
  const clock = createFakeClock();
  const breaker = createCircuitBreaker({ clock, failures: 3, openMs: 1000 });
  let asked = 0;
  const answer = async () => {
    asked += 1;
    return 'answer';
  };
  const down = async () => {
    asked += 1;
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
  };
  const fail = async (times: number) => {
    for (let n = 0; n < times; n += 1) await expect(breaker.run(down)).rejects.toThrow();
  };
  return { clock, breaker, answer, down, fail, asked: () => asked };
}

describe('a circuit breaker', () => {
  it('stays closed below the number of failures', async () => {
    const { breaker, fail, answer } = open();
    await fail(2);
    expect(breaker.state()).toBe('closed');
    expect(await breaker.run(answer)).toBe('answer');
  });

  it('starts to count again after an answer', async () => {
    const { breaker, fail, answer } = open();
    await fail(2);
    await breaker.run(answer);
    await fail(2);
    expect(breaker.state()).toBe('closed');
  });

  it('asks no more once it is open', async () => {
    const { breaker, fail, answer, asked } = open();
    await fail(3);
    await expect(breaker.run(answer)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    expect(asked()).toBe(3);
  });

  it('does not open for bugs, which say nothing about the store', async () => {
    const { breaker } = open();
    for (let n = 0; n < 5; n += 1) await expect(breaker.run(() => Promise.reject(new Error('bug')))).rejects.toThrow();
    expect(breaker.state()).toBe('closed');
  });

  it('opens for missed deadlines as for a store that is down', async () => {
    const { breaker } = open();
    const late = () => Promise.reject(new GatehouseError('ERR_DEADLINE_EXCEEDED', 'late'));
    for (let n = 0; n < 3; n += 1) await expect(breaker.run(late)).rejects.toThrow();
    expect(breaker.state()).toBe('open');
  });

  it('closes when the probe after its time is answered', async () => {
    const { clock, breaker, fail, answer } = open();
    await fail(3);
    clock.advance(1000);
    expect(breaker.state()).toBe('half-open');
    expect(await breaker.run(answer)).toBe('answer');
    expect(breaker.state()).toBe('closed');
  });

  it('opens again for the whole time when the probe fails', async () => {
    const { clock, breaker, fail } = open();
    await fail(3);
    clock.advance(1000);
    await fail(1);
    clock.advance(999);
    expect(breaker.state()).toBe('open');
    clock.advance(1);
    expect(breaker.state()).toBe('half-open');
  });

  it('lets one probe through and refuses the others while it runs', async () => {
    const { clock, breaker, fail, answer } = open();
    await fail(3);
    clock.advance(1000);
    const slow = Promise.withResolvers<string>();
    const probe = breaker.run(() => slow.promise);
    await expect(breaker.run(answer)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    slow.resolve('probed');
    expect(await probe).toBe('probed');
    expect(await breaker.run(answer)).toBe('answer');
  });

  it('probes again at once after a probe that ended in a bug', async () => {
    const { clock, breaker, fail, answer } = open();
    await fail(3);
    clock.advance(1000);
    await expect(breaker.run(() => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
    expect(await breaker.run(answer)).toBe('answer');
  });

  it('is not closed by an answer to a question that was asked before it opened', async () => {
    const { breaker, fail } = open();
    const slow = Promise.withResolvers<string>();
    const early = breaker.run(() => slow.promise);
    await fail(3);
    slow.resolve('late');
    expect(await early).toBe('late');
    expect(breaker.state()).toBe('open');
  });
});

describe('an overload of our own', () => {
  it('is no fault of the store: the circuit stays closed', async () => {
    const breaker = createCircuitBreaker({ clock: createFakeClock(), failures: 1, openMs: 1000 });
    const overloaded = () => Promise.reject(new GatehouseError('ERR_OVERLOADED', 'the queue is full'));
    for (let time = 0; time < 5; time += 1) {
      await expect(breaker.run(overloaded)).rejects.toMatchObject({ code: 'ERR_OVERLOADED' });
    }
    expect(breaker.state()).toBe('closed');
  });
});
