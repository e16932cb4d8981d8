/** @module The login stack: a domain's modules run under their control flags, and undone when the login fails. */
import type { Clock, Timers } from '../spi/clock.ts';
import type { ModuleStep } from '../spi/decision-trace.ts';
import type { ModuleEvidence } from '../spi/evidence.ts';
import type { Contribution, LoginContext, LogoutContext } from '../spi/login-module.ts';
import type { LoginRequest } from '../spi/security-domain.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { initialFlagState, nextAfter } from './control-flags.ts';
import { withDeadline } from './deadline.ts';
import { readEvidence } from './evidence-reading.ts';
import { classifyFault, type Fault, faultWord } from './fault.ts';
import { flagOutcomeOf, type ModuleTurn, type StackModule, stepNotReached, takeTurn } from './module-run.ts';
import { createStackedState } from './shared-state.ts';
import { decide, type StackDecision, titleOf } from './stack-verdict.ts';

export type { StackModule } from './module-run.ts';
export type { StackVerdict } from './stack-verdict.ts';

/** Enough not to trip over one lost packet, few enough that a dead directory costs few people a deadline each. */
const DEFAULT_BREAKER = { failures: 5, openMs: 10_000 } as const;

export interface LoginStackOptions {
  readonly domain: string;
  readonly modules: readonly StackModule[];
  readonly clock: Clock;
  readonly timers: Timers;
  /** For every module that does not set its own, and for each `abort`. */
  readonly defaultDeadlineMs: number;
  readonly breaker?: { readonly failures: number; readonly openMs: number };
}

export interface StackRun extends StackDecision {
  readonly steps: readonly ModuleStep[];
  /** Undoes a login that the stack granted and that failed afterwards. Each module is aborted once, however often it is called. */
  abort(): Promise<AbortReport>;
  /** Absent: the next login asks the stack again. Otherwise to be called once the login is granted and on record. */
  keep?(login: { readonly decision: string; readonly principal: string }): void;
}

/** The steps with a note on every abort that failed, and the first abort that failed with a bug. */
export interface AbortReport {
  readonly steps: readonly ModuleStep[];
  readonly bug?: { readonly error: unknown; readonly by: string };
}

/** A module that could not be told of a logout. */
export interface LogoutFault {
  readonly by: string;
  readonly fault: Fault;
}

export interface LoginStack {
  run(evidence: ModuleEvidence, request: LoginRequest): Promise<StackRun>;
  /** Tells every module, at once, that a login is no longer kept. Never rejects. */
  logout(login: Pick<LogoutContext, 'principal' | 'contributions'>): Promise<readonly LogoutFault[]>;
  /** Closes every module, also after one has failed to close. */
  close(): Promise<void>;
}

export function createLoginStack(options: LoginStackOptions): LoginStack {
  const { domain, modules, clock, timers, defaultDeadlineMs, breaker = DEFAULT_BREAKER } = options;
  const readers = modules.filter(({ module }) => module.readEvidence !== undefined);
  const entries = modules.map((entry) => ({ entry, breaker: createCircuitBreaker({ clock, ...breaker }) }));

  /** Aborts one module. `undefined`: nothing to tell. */
  async function abortOne(entry: StackModule, context: Omit<LoginContext, 'signal'>): Promise<Fault | undefined> {
    try {
      await withDeadline(timers, entry.deadlineMs ?? defaultDeadlineMs, async (signal) => {
        await entry.module.abort?.({ ...context, signal });
      });
      return undefined;
    } catch (error) {
      return classifyFault(error);
    }
  }

  /** All at once, in order of the stack: modules that hang in their store cost one deadline together. */
  async function abortAll(context: Omit<LoginContext, 'signal'>, steps: readonly ModuleStep[]): Promise<AbortReport> {
    const faults = await Promise.all(modules.map((entry) => abortOne(entry, context)));
    const noted = steps.map((step, position) => withAbortNote(step, faults[position]));
    for (const [position, fault] of faults.entries()) {
      if (fault?.status !== 'bug') continue;
      return { steps: noted, bug: { error: fault.error, by: `abort of ${titleOf(modules[position])} has a bug` } };
    }
    return { steps: noted };
  }

  async function run(shown: ModuleEvidence, request: LoginRequest): Promise<StackRun> {
    const reading = readers.length === 0 ? undefined : await readEvidence(shown, request, options);
    if (reading?.status === 'fault') {
      const { decision, steps } = reading;
      return { ...decision, steps, abort: async () => ({ steps }) };
    }
    const evidence = reading?.evidence ?? shown;
    const stacked = createStackedState();
    const dryRun = request.dryRun === true;
    const turns: ModuleTurn[] = [];
    const contributions: Contribution[] = [];
    let state = initialFlagState;

    for (const [position, { entry, breaker: own }] of entries.entries()) {
      const context = { domain, evidence, request, dryRun, contributions: [...contributions] };
      const services = { clock, timers, breaker: own, deadlineMs: entry.deadlineMs ?? defaultDeadlineMs };
      const turn = await takeTurn(entry, context, stacked, services);
      turns.push(turn);
      if (turn.result.status === 'succeeded') contributions.push(turn.result.contribution);
      const outcome = flagOutcomeOf(turn.result, state);
      if (outcome === undefined) break;
      state = nextAfter(state, entry.flag, outcome, position);
      if (state.ended) break;
    }

    const decision = decide(modules, turns, state, contributions);
    const steps = modules.map((entry, position) => turns[position]?.step ?? stepNotReached(entry));
    // An abort undoes what its own module did; names and evidence are no longer its business.
    const shared = { read: () => undefined, publish: () => undefined };
    const context = { domain, evidence, request, dryRun, shared, contributions: [...contributions] };
    let aborting: Promise<AbortReport> | undefined;
    const abort = () => {
      aborting ??= abortAll(context, steps);
      return aborting;
    };
    const { status } = decision.verdict;
    if (status === 'succeeded' || status === 'challenge') return { ...decision, steps, abort };
    const report = await abort();
    // A bug that the phase itself found stays the reason: JAAS rethrows the first error after the aborts.
    if (report.bug === undefined || status === 'bug') return { ...decision, steps: report.steps, abort };
    const verdict = { status: 'bug', error: report.bug.error } as const;
    return { verdict, decidedBy: report.bug.by, steps: report.steps, abort };
  }

  async function logOutOne(entry: StackModule, login: Omit<LogoutContext, 'signal'>): Promise<readonly LogoutFault[]> {
    try {
      await withDeadline(timers, entry.deadlineMs ?? defaultDeadlineMs, async (signal) => {
        await entry.module.logout?.({ ...login, signal });
      });
      return [];
    } catch (error) {
      return [{ by: titleOf(entry), fault: classifyFault(error) }];
    }
  }

  return {
    run,
    async logout(login) {
      const told = modules.filter(({ module }) => module.logout !== undefined);
      return (await Promise.all(told.map((entry) => logOutOne(entry, { ...login, domain })))).flat();
    },
    async close() {
      const closed = await Promise.allSettled(modules.map(async (entry) => await entry.module.close?.()));
      const failures = closed.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      if (failures.length === 1) throw failures[0];
      if (failures.length > 1) throw new AggregateError(failures, 'Several login modules failed to close');
    },
  };
}

function withAbortNote(step: ModuleStep, fault: Fault | undefined): ModuleStep {
  if (fault === undefined) return step;
  const note = `abort: ${faultWord(fault)}`;
  const reason = step.reason === undefined ? note : `${step.reason}; ${note}`;
  return fault.status === 'bug' ? { ...step, outcome: 'bug', reason } : { ...step, reason };
}
