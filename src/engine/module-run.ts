/** @module One module's turn in a login: its circuit, its deadline, its view of the shared state, and the step it leaves. */
import type { Clock, Timers } from '../spi/clock.ts';
import type { ConfigurationPlace, ModuleStep, StepOutcome } from '../spi/decision-trace.ts';
import type { ControlFlag, LoginContext, LoginModule, ModuleOutcome } from '../spi/login-module.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { FlagOutcome, FlagState } from './control-flags.ts';
import { withDeadline } from './deadline.ts';
import { bugName, classifyFault, type Fault } from './fault.ts';
import type { StackedState } from './shared-state.ts';

/** One configured login module. */
export interface StackModule {
  /** JBoss's name of the entry; the code where none is given. */
  readonly name: string;
  readonly code: string;
  readonly flag: ControlFlag;
  readonly module: LoginModule;
  /** `password-stacking: useFirstPass`. */
  readonly stacking: boolean;
  readonly deadlineMs?: number;
  readonly place?: ConfigurationPlace;
}

/** What came of one module: what it answered, what it threw, or that it was not asked. */
export type ModuleResult = ModuleOutcome | Fault | { readonly status: 'skipped' };

export interface ModuleTurn {
  readonly result: ModuleResult;
  readonly step: ModuleStep;
}

export interface TurnServices {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly breaker: CircuitBreaker;
  readonly deadlineMs: number;
}

/** Runs one module. Never rejects: everything that can go wrong is a result. */
export async function takeTurn(
  entry: StackModule,
  context: Omit<LoginContext, 'shared' | 'signal'>,
  stacked: StackedState,
  services: TurnServices,
): Promise<ModuleTurn> {
  const view = stacked.viewFor(entry.stacking);
  const begun = services.clock.timer();
  const result = await ask(entry, { ...context, shared: view.shared }, services);
  view.end(result.status === 'succeeded');
  return { result, step: buildStep(entry, result, view.wasSupplied(), elapsedMs(services.clock, begun)) };
}

async function ask(
  entry: StackModule,
  context: Omit<LoginContext, 'signal'>,
  { breaker, timers, deadlineMs }: TurnServices,
): Promise<ModuleResult> {
  if (breaker.state() === 'open') return { status: 'skipped' };
  try {
    const outcome = await breaker.run(() =>
      withDeadline(timers, deadlineMs, (signal) => entry.module.login({ ...context, signal })),
    );
    return checked(outcome);
  } catch (error) {
    return classifyFault(error);
  }
}

/** A plug-in's answer comes from outside the type checker: anything unknown is a bug, and never by accident a yes. */
function checked(outcome: ModuleOutcome): ModuleOutcome {
  switch (outcome.status) {
    case 'succeeded':
      if (typeof outcome.contribution !== 'object' || outcome.contribution === null)
        throw new TypeError('A module succeeded without a contribution');
      return outcome;
    case 'ignored':
    case 'failed':
    case 'challenge':
      return outcome;
    default:
      throw new TypeError('A module answered with an unknown status', { cause: outcome satisfies never });
  }
}

/**
 * What the result is to the control flags. `undefined`: the phase stops here, whatever the flag. Once a required module has
 * failed, one more leg could change nothing, and to ask for it would tell which module said no: the phase goes on.
 */
export function flagOutcomeOf(result: ModuleResult, state: FlagState): FlagOutcome | undefined {
  switch (result.status) {
    case 'succeeded':
    case 'ignored':
    case 'failed':
      return result.status;
    case 'unavailable':
    case 'skipped':
      return 'failed';
    case 'challenge':
      return state.firstRequiredFailure === undefined ? undefined : 'failed';
    case 'bug':
      return undefined;
    default:
      return result satisfies never;
  }
}

/** The word for an audit record and for `decidedBy`: a failure reason, an error code, or nothing. */
export function reasonOf(result: ModuleResult): string | undefined {
  switch (result.status) {
    case 'failed':
      return result.reason;
    case 'unavailable':
      return result.code;
    case 'skipped':
      return 'ERR_CIRCUIT_OPEN';
    case 'bug':
      return 'ERR_LOGIN_MODULE_BUG';
    case 'ignored':
    case 'succeeded':
    case 'challenge':
      return undefined;
    default:
      return result satisfies never;
  }
}

/** The step of a module that the phase did not come to. */
export function stepNotReached(entry: StackModule): ModuleStep {
  return { ...stepHead(entry), outcome: 'not-reached', ms: 0, stacked: false, ...nothingAdded };
}

/** Milliseconds since `begun`, a reading of the clock's timer, to the microsecond. */
export function elapsedMs(clock: Clock, begun: number): number {
  return Math.round((clock.timer() - begun) * 1000) / 1000;
}

const nothingAdded = { principals: [], roles: [], removedRoles: [] } as const;

function stepHead(entry: StackModule): Pick<ModuleStep, 'code' | 'name' | 'flag' | 'place'> {
  const { code, name, flag, place } = entry;
  return place === undefined ? { code, name, flag } : { code, name, flag, place };
}

function buildStep(entry: StackModule, result: ModuleResult, stacked: boolean, ms: number): ModuleStep {
  const reason = stepReason(result);
  const step = {
    ...stepHead(entry),
    outcome: stepOutcome(entry.flag, result),
    ms,
    stacked,
    ...nothingAdded,
    ...(reason === undefined ? {} : { reason }),
  };
  if (result.status !== 'succeeded') return step;
  const { identity, callerPrincipal, roles = [], removedRoles = [] } = result.contribution;
  const names = [identity, callerPrincipal].flatMap((principal) => (principal === undefined ? [] : [principal.name]));
  return { ...step, principals: [...new Set(names)], roles: [...roles], removedRoles: [...removedRoles] };
}

function stepOutcome(flag: ControlFlag, result: ModuleResult): StepOutcome {
  // Skipping is what happens to a module that the login can do without; a required one is missed.
  if (result.status === 'skipped') return flag === 'required' || flag === 'requisite' ? 'unavailable' : 'skipped';
  return result.status;
}

function stepReason(result: ModuleResult): string | undefined {
  if (result.status === 'ignored' || result.status === 'succeeded') return result.note;
  if (result.status === 'challenge') return result.challenge.kind;
  if (result.status === 'bug') return bugName(result.error);
  if (result.status === 'failed' && 'note' in result && result.note !== undefined) {
    return `${result.reason}: ${result.note}`;
  }
  return reasonOf(result);
}
