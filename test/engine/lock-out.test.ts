import { describe, expect, it } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import type { LockOutRule } from '../../src/engine/lock-out.ts';
import type { StackModule } from '../../src/engine/security-domain.ts';
import type { EphemeralStore } from '../../src/spi/ephemeral-store.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { Evidence } from '../../src/spi/evidence.ts';
import type { LoginContext, LoginModule } from '../../src/spi/login-module.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { entry, failed, fakeModule, fakeUsers, passwordOf, request, succeeded } from './fake-modules.ts';
import { openDomain } from './open-domain.ts';

const rule: LockOutRule = { attempts: 5, perAddressAttempts: 8, windowMs: 300_000, lockMs: 60_000 };

class WatchedStore implements EphemeralStore {
  readonly keys = new Set<string>();
  fault: GatehouseError | undefined;
  readonly #inner: EphemeralStore;
  constructor(inner: EphemeralStore) {
    this.#inner = inner;
  }
  async #ask<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.keys.add(key);
    if (this.fault !== undefined) throw this.fault;
    return work();
  }
  put = (key: string, value: string, ttlMs: number) => this.#ask(key, () => this.#inner.put(key, value, ttlMs));
  get = (key: string) => this.#ask(key, () => this.#inner.get(key));
  take = (key: string) => this.#ask(key, () => this.#inner.take(key));
  once = (key: string, ttlMs: number) => this.#ask(key, () => this.#inner.once(key, ttlMs));
  count = (key: string, ttlMs: number) => this.#ask(key, () => this.#inner.count(key, ttlMs));
  close = () => this.#inner.close();
}

function open(
  module: LoginModule = fakeUsers({ eric: 'right', amar: 'right' }),
  changes: Partial<LockOutRule> = {},
  stack: Partial<StackModule> = {},
) {
  const clock = createFakeClock();
  const ephemeral = new WatchedStore(createMemoryEphemeralStore({ clock }));
  const lockOut = { rule: { ...rule, ...changes }, ephemeral };
  const opened = openDomain([entry('required', 'A', module, stack)], { lockOut, clock, timers: clock.timers });
  const from = (sourceAddress: string, name: string, password: string, dryRun = false) =>
    opened.domain.login(passwordOf(name, password), { ...request, sourceAddress, dryRun });
  const guess = async (times: number, name = 'eric', address = '192.0.2.1') => {
    for (let time = 0; time < times; time += 1) await from(address, name, 'wrong');
  };
  return { ...opened, clock, ephemeral, from, guess };
}

describe('a lock on a name at an address', () => {
  it('is set by as many failures as are allowed, and then refuses the right password unasked', async () => {
    const users = fakeUsers({ eric: 'right' });
    const { from, guess } = open(users);
    await guess(5);
    const result = await from('192.0.2.1', 'eric', 'right');
    expect(result).toMatchObject({ status: 'denied', reason: 'rejected' });
    expect(users.logins).toHaveLength(5);
    expect(users.aborts).toHaveLength(5);
  });

  it('is not set by one failure less', async () => {
    const { from, guess } = open();
    await guess(4);
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });

  it('does not lock the name out at another address', async () => {
    const { from, guess } = open();
    await guess(6);
    expect(await from('192.0.2.2', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });

  it('does not lock another name out at the same address', async () => {
    const { from, guess } = open();
    await guess(6);
    expect(await from('192.0.2.1', 'amar', 'right')).toMatchObject({ status: 'authenticated' });
  });

  it('holds for every spelling of the name', async () => {
    const { from, guess } = open();
    await guess(3, 'ERIC');
    await guess(2, ' ｅric ');
    expect((await from('192.0.2.1', 'eric', 'right')).trace.decidedBy).toMatch(/^lock-out/);
  });

  it('ends after its time, however much was tried during it', async () => {
    const { from, guess, clock } = open();
    await guess(5);
    clock.advance(59_999);
    await guess(3);
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'denied' });
    clock.advance(1);
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });

  it('gives all attempts anew when it has ended', async () => {
    const { from, guess, clock } = open(undefined, { perAddressAttempts: 100 });
    await guess(5);
    clock.advance(60_000);
    await guess(4);
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });

  it('does not come when the failures are spread over more than the window', async () => {
    const { from, guess, clock } = open();
    await guess(4);
    clock.advance(300_000);
    await guess(4);
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });

  it('does not come when a success has cleared the count', async () => {
    const { from, guess } = open(undefined, { perAddressAttempts: 100 });
    for (let round = 0; round < 3; round += 1) {
      await guess(4);
      expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
    }
  });

  it('is explained by the trace, and audited with its reason', async () => {
    const { from, guess, auditor } = open();
    await guess(5);
    const { trace } = await from('192.0.2.1', 'eric', 'right');
    expect(trace).toMatchObject({
      outcome: 'denied',
      decidedBy: 'lock-out: too many failures for this name from this address',
      modules: [{ code: 'A', outcome: 'not-reached' }],
    });
    expect(auditor.events.at(-1)).toMatchObject({ outcome: 'failure', reason: 'locked-out', principal: 'eric' });
  });
});

describe('a store that is away', () => {
  const away = fakeModule(() => {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
  });
  const openBeside = (users: LoginModule) => {
    const clock = createFakeClock();
    const lockOut = { rule, ephemeral: createMemoryEphemeralStore({ clock }) };
    const modules = [entry('sufficient', 'Away', away), entry('sufficient', 'Users', users)];
    const { domain } = openDomain(modules, { lockOut, clock, timers: clock.timers });
    return (name: string, password: string) => domain.login(passwordOf(name, password), request);
  };

  it('makes guesses at another one no cheaper', async () => {
    const login = openBeside(fakeUsers({ eric: 'right' }));
    for (let time = 0; time < 5; time += 1) {
      expect(await login('eric', 'wrong')).toMatchObject({ status: 'denied', reason: 'unavailable' });
    }
    expect((await login('eric', 'right')).trace.decidedBy).toMatch(/^lock-out/);
  });

  it('locks nobody out whom the other one does not know', async () => {
    const login = openBeside(fakeUsers({ eric: 'right' }));
    for (let time = 0; time < 6; time += 1) {
      expect(await login('amar', 'right')).toMatchObject({ status: 'denied', reason: 'unavailable' });
    }
  });
});

describe('a lock on an address', () => {
  it('is set by failures for any names, and refuses every name', async () => {
    const { from, guess } = open();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await guess(1, name);
    const { trace } = await from('192.0.2.1', 'eric', 'right');
    expect(trace.decidedBy).toBe('lock-out: too many failures from this address');
    expect(await from('192.0.2.2', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });

  it("is not put off by successes with an account of one's own", async () => {
    const { from } = open();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      await from('192.0.2.1', name, 'wrong');
      await from('192.0.2.1', 'amar', 'right');
    }
    expect((await from('192.0.2.1', 'amar', 'right')).trace.decidedBy).toMatch(/from this address$/);
  });

  it('is one for a whole /64 of IPv6', async () => {
    const { from, guess } = open();
    for (let host = 1; host <= 5; host += 1) await guess(1, 'eric', `2001:db8::${host}`);
    expect(await from('2001:db8:0:0:ffff::9', 'eric', 'right')).toMatchObject({ status: 'denied' });
    expect(await from('2001:db8:0:1::1', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });
});

describe('attempts at once', () => {
  /** Answers when a turn of the event loop is over, so that all that may ask have asked. */
  const slow = (users: LoginModule) => {
    const seen = { now: 0, most: 0, all: 0 };
    const module = fakeModule(async (context: LoginContext) => {
      seen.now += 1;
      seen.all += 1;
      seen.most = Math.max(seen.most, seen.now);
      await new Promise((resolve) => setImmediate(resolve));
      seen.now -= 1;
      return users.login(context);
    });
    return { module, seen };
  };

  it('are 50 guesses of which five are asked', async () => {
    const { module, seen } = slow(fakeUsers({ eric: 'right' }));
    const { from } = open(module);
    const results = await Promise.all(Array.from({ length: 50 }, () => from('192.0.2.1', 'eric', 'wrong')));
    expect(seen.all).toBe(5);
    expect(results.every(({ status }) => status === 'denied')).toBe(true);
  });

  it('from one address at 50 names are as many as an address may fail', async () => {
    const { module, seen } = slow(fakeUsers({}));
    const { from } = open(module);
    await Promise.all(Array.from({ length: 50 }, (_, index) => from('192.0.2.1', `user-${index}`, 'wrong')));
    expect(seen.all).toBe(8);
  });

  it('with the right password all succeed', async () => {
    const { module, seen } = slow(fakeUsers({ eric: 'right' }));
    const { from } = open(module);
    const results = await Promise.all(Array.from({ length: 50 }, () => from('192.0.2.1', 'eric', 'right')));
    expect(results.filter(({ status }) => status === 'authenticated')).toHaveLength(50);
    expect(seen.most).toBe(5);
  });

  it('are told that nobody could be asked when they wait too long for a slow store', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const users = fakeUsers({ eric: 'right' });
    const module = fakeModule(async (context: LoginContext) => {
      await promise;
      return users.login(context);
    });
    const { from, clock } = open(module, { attempts: 1 }, { deadlineMs: 1000 });
    const first = from('192.0.2.1', 'eric', 'right');
    const second = from('192.0.2.1', 'eric', 'right');
    await new Promise((next) => setImmediate(next));
    clock.advance(100);
    expect(await second).toMatchObject({ status: 'denied', reason: 'unavailable' });
    expect((await second).trace.decidedBy).toBe('lock-out could not be asked: ERR_DEADLINE_EXCEEDED');
    resolve();
    expect(await first).toMatchObject({ status: 'authenticated' });
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });
});

describe('nothing is counted', () => {
  it('when a store could not be asked', async () => {
    let down = true;
    const users = fakeUsers({ eric: 'right' });
    const module = fakeModule((context) => {
      if (down) throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
      return users.login(context);
    });
    const { from, guess } = open(module);
    await guess(4);
    down = false;
    await guess(4);
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'authenticated' });
  });

  it('in a dry run, which asks the modules even during a lock', async () => {
    const { from, guess, ephemeral } = open();
    for (let time = 0; time < 9; time += 1) await from('192.0.2.1', 'eric', 'wrong', true);
    expect(ephemeral.keys.size).toBe(0);
    await guess(5);
    expect(await from('192.0.2.1', 'eric', 'right', true)).toMatchObject({ status: 'authenticated' });
  });

  it('of evidence that cannot be guessed', async () => {
    const { domain, ephemeral } = open(fakeModule(() => failed()));
    const certificate: Evidence = { kind: 'certificate', chain: [] };
    for (let time = 0; time < 9; time += 1) await domain.login(certificate, request);
    expect(ephemeral.keys.size).toBe(0);
  });
});

describe('the counters', () => {
  it('hold no name and no address', async () => {
    const { guess, ephemeral } = open();
    await guess(6);
    expect(ephemeral.keys.size).toBe(4);
    for (const key of ephemeral.keys) expect(key).toMatch(/^lock-out(-failures)?:[\w-]{43}$/);
  });

  it('let nobody in while they cannot be asked', async () => {
    const users = fakeUsers({ eric: 'right' });
    const { from, ephemeral, auditor } = open(users);
    ephemeral.fault = new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'denied', reason: 'unavailable' });
    expect(users.logins).toHaveLength(0);
    expect(auditor.events.at(-1)).toMatchObject({ reason: 'ERR_STORE_UNAVAILABLE' });
  });

  it('undo a login that they could not settle', async () => {
    const users = fakeModule(() => {
      ephemeral.fault = new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
      return succeeded();
    });
    const { from, ephemeral } = open(users);
    expect(await from('192.0.2.1', 'eric', 'right')).toMatchObject({ status: 'denied', reason: 'unavailable' });
    expect(users.aborts).toHaveLength(1);
  });
});
