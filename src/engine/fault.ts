/** @module What a thrown thing means to a login: the store could not be asked, the step is refused, or it is a bug. */
import { type ErrorCode, GatehouseError, isUnavailable } from '../spi/errors.ts';

export type Fault =
  | { readonly status: 'unavailable'; readonly code: ErrorCode }
  /** A GatehouseError of another kind, such as evidence that is not well formed: JAAS's LoginException. */
  | { readonly status: 'failed'; readonly reason: ErrorCode }
  | { readonly status: 'bug'; readonly error: unknown };

/** Total on purpose: the engine is the one place where a bug of a plug-in has to become a refused login with a trace. */
export function classifyFault(thrown: unknown): Fault {
  if (isUnavailable(thrown)) return { status: 'unavailable', code: thrown.code };
  if (thrown instanceof GatehouseError) return { status: 'failed', reason: thrown.code };
  return { status: 'bug', error: thrown };
}

/** The class of a bug, for a trace. Its message stays out: nobody can say what is in it. */
export function bugName(error: unknown): string {
  return error instanceof Error ? error.constructor.name : `thrown ${typeof error}`;
}

/** The word for a fault in a trace or an audit record. */
export function faultWord(fault: Fault): string {
  switch (fault.status) {
    case 'unavailable':
      return fault.code;
    case 'failed':
      return fault.reason;
    case 'bug':
      return bugName(fault.error);
    default:
      return fault satisfies never;
  }
}
