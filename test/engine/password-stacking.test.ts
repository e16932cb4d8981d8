import { describe, expect, it } from 'vitest';
import { createLoginStack, type StackModule } from '../../src/engine/login-stack.ts';
import type { ModuleOutcome, StackedIdentity } from '../../src/spi/login-module.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { entry, failed, fakeModule, passwordOf, request, succeeded } from './fake-modules.ts';

const eric: StackedIdentity = { name: 'eric', evidence: passwordOf('eric') };
const stacking = { stacking: true };

async function run(modules: readonly StackModule[]) {
  const clock = createFakeClock();
  const stack = createLoginStack({ domain: 'other', modules, clock, timers: clock.timers, defaultDeadlineMs: 100 });
  return stack.run(passwordOf('eric'), request);
}

const publisher = (outcome: ModuleOutcome = succeeded(), identity: StackedIdentity = eric) =>
  fakeModule(({ shared }) => {
    shared.publish(identity);
    return outcome;
  });

function reader() {
  const seen: (StackedIdentity | undefined)[] = [];
  const module = fakeModule(({ shared }) => {
    seen.push(shared.read());
    return succeeded();
  });
  return { module, seen };
}

describe('password stacking', () => {
  it('hands name and evidence to a later module, whose step says so', async () => {
    const { module, seen } = reader();
    const { steps } = await run([
      entry('required', 'A', publisher(), stacking),
      entry('required', 'B', module, stacking),
    ]);
    expect(seen).toEqual([eric]);
    expect(steps.map(({ stacked }) => stacked)).toEqual([false, true]);
  });

  it('hands nothing to a module without the option', async () => {
    const { module, seen } = reader();
    const { steps } = await run([entry('required', 'A', publisher(), stacking), entry('required', 'B', module)]);
    expect(seen).toEqual([undefined]);
    expect(steps[1]?.stacked).toBe(false);
  });

  it('takes nothing from a module without the option', async () => {
    const { module, seen } = reader();
    await run([entry('required', 'A', publisher()), entry('required', 'B', module, stacking)]);
    expect(seen).toEqual([undefined]);
  });

  it('passes over a module without the option', async () => {
    const { module, seen } = reader();
    await run([
      entry('required', 'A', publisher(), stacking),
      entry('required', 'B', publisher(succeeded(), { name: 'anna', evidence: passwordOf('anna') })),
      entry('required', 'C', module, stacking),
    ]);
    expect(seen).toEqual([eric]);
  });

  it('hands on a name without evidence, which supplies nothing that need not be verified', async () => {
    const { module, seen } = reader();
    const { steps } = await run([
      entry('required', 'Identity', publisher(succeeded(), { name: 'guest' }), stacking),
      entry('required', 'B', module, stacking),
    ]);
    expect(seen).toEqual([{ name: 'guest' }]);
    expect(steps[1]?.stacked).toBe(false);
  });

  it.each<[string, ModuleOutcome]>([
    ['failed', failed()],
    ['ignored the login', { status: 'ignored', note: 'not mine' }],
  ])('hands on nothing from a module that published and then %s', async (_, outcome) => {
    const { module, seen } = reader();
    await run([entry('optional', 'A', publisher(outcome), stacking), entry('required', 'B', module, stacking)]);
    expect(seen).toEqual([undefined]);
  });

  it('hands on nothing that an abandoned module publishes after its deadline', async () => {
    const clock = createFakeClock();
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = fakeModule(async ({ shared }) => {
      await promise;
      shared.publish(eric);
      return succeeded();
    });
    const { module, seen } = reader();
    const between = fakeModule(async () => {
      resolve();
      await new Promise((done) => setImmediate(done));
      return succeeded();
    });
    const modules = [
      entry('optional', 'A', slow, stacking),
      entry('optional', 'B', between),
      entry('required', 'C', module, stacking),
    ];
    const stack = createLoginStack({ domain: 'other', modules, clock, timers: clock.timers, defaultDeadlineMs: 100 });
    const result = stack.run(passwordOf('eric'), request);
    clock.advance(100);
    await result;
    expect(seen).toEqual([undefined]);
  });

  it('does not reach from one login into the next', async () => {
    const clock = createFakeClock();
    let logins = 0;
    const once = fakeModule(({ shared }) => {
      logins += 1;
      if (logins === 1) shared.publish(eric);
      return succeeded();
    });
    const { module, seen } = reader();
    const modules = [entry('required', 'A', once, stacking), entry('required', 'B', module, stacking)];
    const stack = createLoginStack({ domain: 'other', modules, clock, timers: clock.timers, defaultDeadlineMs: 100 });
    await stack.run(passwordOf('eric'), request);
    await stack.run(passwordOf('anna'), request);
    expect(seen).toEqual([eric, undefined]);
  });
});
