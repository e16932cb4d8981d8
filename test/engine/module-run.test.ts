import { describe, expect, it } from 'vitest';
import type { ModuleOutcome } from '../../src/spi/login-module.ts';
import { entry, fakeModule, never, succeeded } from './fake-modules.ts';
import { down, openStack } from './open-stack.ts';

describe('a bug in a module', () => {
  it.each<[string, () => ModuleOutcome]>([
    [
      'a TypeError',
      () => {
        throw new TypeError('password is hunter2');
      },
    ],
    ['an outcome that is none', () => JSON.parse('{"status":"yes"}')],
    ['no outcome at all', () => JSON.parse('null')],
    ['a success without a contribution', () => JSON.parse('{"status":"succeeded","contribution":null}')],
  ])('%s stops an optional module’s stack at once', async (_, login) => {
    const after = fakeModule(() => succeeded());
    const { verdict, steps } = await openStack([
      entry('optional', 'A', fakeModule(login)),
      entry('required', 'B', after),
    ]).run();
    expect(verdict.status).toBe('bug');
    expect(steps.map(({ outcome }) => outcome)).toEqual(['bug', 'not-reached']);
    expect(after.logins).toEqual([]);
    expect(after.aborts).toHaveLength(1);
  });

  it('leaves the class of the error in the step, and not its message', async () => {
    const broken = fakeModule(() => {
      throw new TypeError('password is hunter2');
    });
    const { steps } = await openStack([entry('required', 'A', broken)]).run();
    expect(steps[0]?.reason).toBe('TypeError');
    expect(JSON.stringify(steps)).not.toContain('hunter2');
  });
});

describe('deadlines and circuits', () => {
  it('abandons a module at the deadline of its own', async () => {
    const { clock, run } = openStack([
      entry('sufficient', 'A', fakeModule(never), { deadlineMs: 30 }),
      entry(
        'required',
        'B',
        fakeModule(() => succeeded()),
      ),
    ]);
    const result = run();
    clock.advance(30);
    const { verdict, steps } = await result;
    expect(verdict.status).toBe('succeeded');
    expect(steps[0]).toMatchObject({ outcome: 'unavailable', reason: 'ERR_DEADLINE_EXCEEDED', ms: 30 });
  });

  it('aborts the signal of the module that it abandons', async () => {
    const module = fakeModule(never);
    const { clock, run } = openStack([entry('required', 'A', module)]);
    const result = run();
    clock.advance(100);
    await result;
    expect(module.logins[0]?.signal.aborted).toBe(true);
  });

  it.each(['sufficient', 'optional'] as const)('skips a %s module while its circuit is open', async (flag) => {
    const module = fakeModule(down);
    const { run } = openStack([
      entry(flag, 'A', module),
      entry(
        'required',
        'B',
        fakeModule(() => succeeded()),
      ),
    ]);
    await run();
    await run();
    const { verdict, steps } = await run();
    expect(verdict.status).toBe('succeeded');
    expect(steps[0]).toMatchObject({ outcome: 'skipped', reason: 'ERR_CIRCUIT_OPEN' });
    expect(module.logins).toHaveLength(2);
  });

  it.each(['required', 'requisite'] as const)('fails at once for a %s module whose circuit is open', async (flag) => {
    const module = fakeModule(down);
    const { run } = openStack([entry(flag, 'A', module)]);
    await run();
    await run();
    const { verdict, steps } = await run();
    expect(verdict).toEqual({ status: 'failed', reason: 'unavailable', because: 'ERR_CIRCUIT_OPEN' });
    expect(steps[0]?.outcome).toBe('unavailable');
    expect(module.logins).toHaveLength(2);
  });

  it('asks again when the time of the open circuit is over', async () => {
    let answer: () => ModuleOutcome = down;
    const { clock, run } = openStack([
      entry(
        'required',
        'A',
        fakeModule(() => answer()),
      ),
    ]);
    await run();
    await run();
    answer = () => succeeded();
    clock.advance(1000);
    expect((await run()).verdict.status).toBe('succeeded');
  });

  it('gives each module a circuit of its own', async () => {
    const { run } = openStack([
      entry('optional', 'A', fakeModule(down)),
      entry(
        'optional',
        'B',
        fakeModule(() => succeeded()),
      ),
    ]);
    await run();
    await run();
    expect((await run()).steps.map(({ outcome }) => outcome)).toEqual(['skipped', 'succeeded']);
  });
});
