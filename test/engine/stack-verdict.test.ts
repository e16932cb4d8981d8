import { describe, expect, it } from 'vitest';
import type { StackModule } from '../../src/engine/login-stack.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { entry, failed, fakeModule, ignored, succeeded } from './fake-modules.ts';
import { down, openStack } from './open-stack.ts';

describe('who decided', () => {
  const yes = () => fakeModule(() => succeeded());
  const no = () => fakeModule(() => failed());
  const away = () => fakeModule(down);
  const none = () => fakeModule(() => ignored);

  it.each<[string, readonly StackModule[], string]>([
    ['a required failure', [entry('required', 'A', no())], 'required A failed: bad-credential'],
    ['a named entry', [entry('required', 'A', no(), { name: 'staff' })], 'required staff (A) failed: bad-credential'],
    ['no opinion at all', [entry('required', 'A', none())], 'all modules ignored'],
    ['an empty stack', [], 'all modules ignored'],
    ['a sufficient success', [entry('sufficient', 'A', yes())], 'sufficient A succeeded'],
    ['an optional success', [entry('optional', 'A', none()), entry('optional', 'B', yes())], 'optional B succeeded'],
    [
      'required successes',
      [entry('required', 'A', yes()), entry('optional', 'B', no())],
      'every required module succeeded',
    ],
    ['a store that is down', [entry('required', 'A', away())], 'required A could not be asked: ERR_STORE_UNAVAILABLE'],
  ])('%s', async (_, modules, decidedBy) => {
    expect((await openStack(modules).run()).decidedBy).toBe(decidedBy);
  });

  it.each<[string, readonly StackModule[], 'rejected' | 'unavailable']>([
    ['a required module that is down', [entry('required', 'A', away())], 'unavailable'],
    ['a requisite module that is down', [entry('requisite', 'A', away())], 'unavailable'],
    [
      'an optional one down, a required one that says no',
      [entry('optional', 'A', away()), entry('required', 'B', no())],
      'rejected',
    ],
    [
      'a required one that says no, and then one that is down',
      [entry('required', 'A', no()), entry('required', 'B', away())],
      'rejected',
    ],
    [
      'alternatives, of which the second is down',
      [entry('sufficient', 'A', no()), entry('sufficient', 'B', away())],
      'unavailable',
    ],
    ['alternatives that all say no', [entry('sufficient', 'A', no()), entry('sufficient', 'B', no())], 'rejected'],
    ['no opinion at all', [entry('optional', 'A', none())], 'rejected'],
  ])('%s', async (_, modules, reason) => {
    expect((await openStack(modules).run()).verdict).toMatchObject({ status: 'failed', reason });
  });

  it('takes an optional store that is down for a failed optional module', async () => {
    const { verdict, steps } = await openStack([entry('optional', 'A', away()), entry('required', 'B', yes())]).run();
    expect(verdict.status).toBe('succeeded');
    expect(steps[0]).toMatchObject({ outcome: 'unavailable', reason: 'ERR_STORE_UNAVAILABLE' });
  });

  it('takes another GatehouseError of a module for a no under its flag', async () => {
    const malformed = fakeModule(() => {
      throw new GatehouseError('ERR_XML_MALFORMED', 'not XML');
    });
    const { verdict, steps } = await openStack([entry('required', 'A', malformed)]).run();
    expect(verdict).toEqual({ status: 'failed', reason: 'rejected', because: 'ERR_XML_MALFORMED' });
    expect(steps[0]?.outcome).toBe('failed');
  });
});
