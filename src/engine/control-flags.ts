/** @module The JAAS control flags as a fold: what one module's outcome does to a login phase (jboss-facts §1.1). */
import type { ControlFlag } from '../spi/login-module.ts';

/**
 * The three things a JAAS `login()` can do: return true, return false, throw. A module that could not be asked, or was
 * not asked because its circuit is open, has `failed`.
 */
export type FlagOutcome = 'succeeded' | 'ignored' | 'failed';

/** How far a phase has come. `firstRequiredFailure` and `firstFailure` are positions in the stack, from 0. */
export interface FlagState {
  readonly succeeded: boolean;
  readonly firstRequiredFailure?: number;
  readonly firstFailure?: number;
  /** True: no further module is called. */
  readonly ended: boolean;
}

export type FlagVerdict =
  | { readonly granted: true }
  /** `by` is the position of the module whose failure decided; `undefined` when all modules ignored the login. */
  | { readonly granted: false; readonly by: number | undefined };

type Effect = 'success' | 'success-ends' | 'nothing' | 'required-failure' | 'required-failure-ends' | 'failure';

const effects: Readonly<Record<FlagOutcome, Readonly<Record<ControlFlag, Effect>>>> = {
  succeeded: { required: 'success', requisite: 'success', sufficient: 'success-ends', optional: 'success' },
  ignored: { required: 'nothing', requisite: 'nothing', sufficient: 'nothing', optional: 'nothing' },
  failed: {
    required: 'required-failure',
    requisite: 'required-failure-ends',
    sufficient: 'failure',
    optional: 'failure',
  },
};

export const initialFlagState: FlagState = { succeeded: false, ended: false };

/** The state after the module at `position`, which must not be called on an ended phase. */
export function nextAfter(state: FlagState, flag: ControlFlag, outcome: FlagOutcome, position: number): FlagState {
  const effect = effects[outcome][flag];
  switch (effect) {
    case 'success':
      return { ...state, succeeded: true };
    case 'success-ends':
      // After a required failure the phase goes on, so that time does not tell which module said no.
      return { ...state, succeeded: true, ended: state.firstRequiredFailure === undefined };
    case 'nothing':
      return state;
    case 'required-failure':
      return { ...state, firstRequiredFailure: state.firstRequiredFailure ?? position };
    case 'required-failure-ends':
      return { ...state, firstRequiredFailure: state.firstRequiredFailure ?? position, ended: true };
    case 'failure':
      return { ...state, firstFailure: state.firstFailure ?? position };
    default:
      return effect satisfies never;
  }
}

/** What the phase comes to when it has ended or every module has been called. */
export function verdict(state: FlagState): FlagVerdict {
  if (state.firstRequiredFailure !== undefined) return { granted: false, by: state.firstRequiredFailure };
  if (state.succeeded) return { granted: true };
  return { granted: false, by: state.firstFailure };
}
