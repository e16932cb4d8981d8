/** @module A login stack on a fake clock, with a circuit that two failures open for a second. */
import { createLoginStack, type StackModule } from '../../src/engine/login-stack.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { passwordOf, request } from './fake-modules.ts';

/** A store that is down. */
export const down = (): never => {
  throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
};

export function openStack(modules: readonly StackModule[]) {
  const clock = createFakeClock();
  const { timers } = clock;
  const breaker = { failures: 2, openMs: 1000 };
  const stack = createLoginStack({ domain: 'other', modules, clock, timers, defaultDeadlineMs: 100, breaker });
  return { clock, stack, run: () => stack.run(passwordOf('eric'), request) };
}
