/** @module A circuit breaker: after several calls in a row that could not be answered, a store is left alone for a while. */
import type { Clock } from '../spi/clock.ts';
import { GatehouseError, isUnavailable } from '../spi/errors.ts';

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  /** Unavailable answers in a row that open the circuit. */
  readonly failures: number;
  /** How long it stays open before one call may try again. */
  readonly openMs: number;
}

export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitBreaker {
  /** `half-open`: the time is up, and the next call is the probe. While that one runs, the circuit counts as `open`. */
  state(): CircuitState;
  /**
   * Runs the work unless the circuit is open. Only a fault that means "could not ask" counts against the store: a
   * refusal is an answer, and a bug says nothing about the store.
   * @throws ERR_CIRCUIT_OPEN at once, without running the work
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createCircuitBreaker({ clock, failures, openMs }: CircuitBreakerOptions): CircuitBreaker {
  let failuresInARow = 0;
  let openUntil: number | undefined;
  let probing = false;
  // A call begun before the circuit changed says nothing about the store of now.
  let epoch = 0;

  function state(): CircuitState {
    if (openUntil === undefined) return 'closed';
    return !probing && clock.now() >= openUntil ? 'half-open' : 'open';
  }

  function close(): void {
    failuresInARow = 0;
    if (openUntil === undefined) return;
    openUntil = undefined;
    epoch += 1;
  }

  function countFailure(): void {
    failuresInARow += 1;
    // A probe comes after at least as many failures, so one more opens the circuit again.
    if (failuresInARow < failures) return;
    openUntil = clock.now() + openMs;
    epoch += 1;
  }

  return {
    state,
    async run(work) {
      const before = state();
      if (before === 'open') throw new GatehouseError('ERR_CIRCUIT_OPEN', 'The store failed before and is not asked');
      const probe = before === 'half-open';
      const begunIn = epoch;
      if (probe) probing = true;
      try {
        const answer = await work();
        if (begunIn === epoch) close();
        return answer;
      } catch (error) {
        // Our own queue being full says nothing of the store: to leave it alone would help nobody.
        if (isUnavailable(error) && error.code !== 'ERR_OVERLOADED' && begunIn === epoch) countFailure();
        throw error;
      } finally {
        if (probe) probing = false;
      }
    },
  };
}
