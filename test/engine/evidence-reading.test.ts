import { describe, expect, it } from 'vitest';
import type { LoginModule } from '../../src/spi/login-module.ts';
import { entry, type FakeModule, fakeModule, never, passwordOf, request, succeeded } from './fake-modules.ts';
import { down, openStack } from './open-stack.ts';

function reading(readEvidence: LoginModule['readEvidence']): FakeModule {
  return Object.assign(
    fakeModule(() => succeeded()),
    { readEvidence },
  );
}

describe('a module that reads evidence', () => {
  it('decides what every module of the stack is shown', async () => {
    const before = fakeModule(() => succeeded());
    const reader = reading(async () => passwordOf('eric', 'read'));
    await openStack([entry('required', 'A', before), entry('required', 'B', reader)]).run();
    const shown = [...before.logins, ...reader.logins].map(({ evidence }) => evidence);
    expect(shown.map((one) => one.kind === 'password' && one.password.reveal())).toEqual(['read', 'read']);
  });

  it('is shown what the one before it has made', async () => {
    const seen: unknown[] = [];
    const first = reading(async () => passwordOf('eric', 'first'));
    const second = reading(async (evidence, given) => {
      seen.push(evidence.kind === 'password' && evidence.password.reveal(), given);
      return evidence;
    });
    await openStack([entry('required', 'A', first), entry('required', 'B', second)]).run();
    expect(seen).toEqual(['first', request]);
  });

  it.each([
    ['cannot ask', async () => down(), 'unavailable', 'ERR_STORE_UNAVAILABLE'],
    ['has a bug', () => Promise.reject(new RangeError('x')), 'bug', 'RangeError'],
  ] as const)('ends the login when it %s, and nobody is asked', async (_, readEvidence, outcome, word) => {
    const before = fakeModule(() => succeeded());
    const { verdict, decidedBy, steps, abort } = await openStack([
      entry('required', 'A', before),
      entry('required', 'Totp', reading(readEvidence)),
    ]).run();
    expect(verdict).toMatchObject(
      outcome === 'bug' ? { status: 'bug' } : { status: 'failed', reason: 'unavailable', because: word },
    );
    expect(decidedBy).toBe(`required Totp could not read the evidence: ${word}`);
    expect(steps).toMatchObject([{ outcome: 'not-reached' }, { outcome, reason: word }]);
    expect(before.logins).toEqual([]);
    expect(await abort()).toEqual({ steps });
  });

  it('has a deadline', async () => {
    const { clock, run } = openStack([entry('required', 'Totp', reading(never))]);
    const running = run();
    clock.advance(100);
    expect((await running).verdict).toMatchObject({ status: 'failed', because: 'ERR_DEADLINE_EXCEEDED' });
    expect(clock.pendingTimers()).toBe(0);
  });
});
