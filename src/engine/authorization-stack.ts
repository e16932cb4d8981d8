/** @module The authorization stack of a domain: its modules under JAAS's flags, and the roles that somebody has in one application. */

import type { AuthorizationDecision, AuthorizationModule, AuthorizationRequest } from '../spi/authorization.ts';
import type { Timers } from '../spi/clock.ts';
import type { ControlFlag } from '../spi/control-flag.ts';
import type { AuthorizationStep, ConfigurationPlace, MappingStep } from '../spi/decision-trace.ts';
import type { Subject } from '../spi/subject.ts';
import { type FlagOutcome, type FlagState, initialFlagState, nextAfter, verdict } from './control-flags.ts';
import { withDeadline } from './deadline.ts';
import { classifyFault, type Fault, faultWord } from './fault.ts';
import { applyMappers, type MapperEntry } from './mapping.ts';

/** One configured authorization module. */
export interface AuthorizationEntry {
  readonly code: string;
  readonly flag: ControlFlag;
  readonly module: AuthorizationModule;
  readonly place?: ConfigurationPlace;
}

export interface AuthorizationStackOptions {
  readonly modules: readonly AuthorizationEntry[];
  /** Role mappers that answer for one application. */
  readonly applicationMappers?: readonly MapperEntry[];
  readonly timers: Timers;
  /** For each module and each mapper. */
  readonly deadlineMs: number;
  /** True in a rehearsal: mappers are told to change nothing. */
  readonly dryRun?: boolean;
}

export type AuthorizationResult =
  | { readonly decision: 'permit'; readonly reason: string; readonly steps: readonly AuthorizationStep[] }
  | {
      readonly decision: 'deny';
      /** A module's reason, `no-module-permits`, or the word of the fault. */
      readonly reason: string;
      readonly steps: readonly AuthorizationStep[];
      /** Set where nobody said no: a store could not be asked, or a module has a bug. */
      readonly fault?: Fault;
    };

export type RolesResult =
  | { readonly status: 'mapped'; readonly roles: readonly string[]; readonly steps: readonly MappingStep[] }
  | { readonly status: 'fault'; readonly fault: Fault; readonly steps: readonly MappingStep[] };

export interface AuthorizationStack {
  /** What the domain makes of a caller's roles in one application. A session is of all of them, so this is asked each time. */
  rolesIn(application: string, principal: string, roles: readonly string[]): Promise<RolesResult>;
  /** Asks the modules in order. What they throw is part of the result. */
  authorize(request: AuthorizationRequest): Promise<AuthorizationResult>;
}

/** What one module said, before its flag is looked at. */
type Answer =
  | { readonly status: 'answered'; readonly decision: AuthorizationDecision }
  | { readonly status: 'threw'; readonly fault: Fault };

/**
 * PERMIT is a success, DENY a failure, abstaining is ignored, and the table is that of the login (jboss-facts §1.1, §4.7): a requisite
 * DENY ends the list and denies, which PicketBox forgot. A list in which nobody permits denies.
 */
export function createAuthorizationStack(options: AuthorizationStackOptions): AuthorizationStack {
  const { modules, applicationMappers = [], timers, deadlineMs, dryRun = false } = options;
  const limit = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => withDeadline(timers, deadlineMs, work);

  async function ask(module: AuthorizationModule, request: AuthorizationRequest): Promise<Answer> {
    try {
      const decision = await limit((signal) => module.authorize(request, { signal }));
      return { status: 'answered', decision: checked(decision) };
    } catch (error) {
      return { status: 'threw', fault: classifyFault(error) };
    }
  }

  return {
    async rolesIn(application, principal, roles) {
      if (applicationMappers.length === 0) return { status: 'mapped', roles, steps: [] };
      const callerPrincipal = { name: principal, type: 'user' } as const;
      const caller: Subject = { callerPrincipal, principals: [callerPrincipal], roles, groups: {}, attributes: {} };
      const context = { dryRun, application };
      const mapped = await applyMappers(caller, { mappers: applicationMappers, context, limit });
      return mapped.status === 'fault' ? mapped : { ...mapped, roles: mapped.subject.roles };
    },
    async authorize(request) {
      const answers: Answer[] = [];
      let state = initialFlagState;
      for (const [position, { flag, module }] of modules.entries()) {
        const answer = await ask(module, request);
        answers.push(answer);
        const outcome = flagOutcomeOf(answer);
        if (outcome === undefined) break;
        state = nextAfter(state, flag, outcome, position);
        if (state.ended) break;
      }
      return resultOf(answers, state, modules);
    },
  };
}

/** A plug-in's answer comes from outside the type checker: anything unknown is a bug, and never by accident a yes. */
function checked(answer: AuthorizationDecision): AuthorizationDecision {
  switch (answer.decision) {
    case 'permit':
    case 'deny':
    case 'abstain':
      return answer;
    default:
      throw new TypeError('An authorization module answered with an unknown decision', {
        cause: answer.decision satisfies never,
      });
  }
}

/** `undefined`: a bug, which ends the list and refuses, whatever the flag. */
function flagOutcomeOf(answer: Answer): FlagOutcome | undefined {
  if (answer.status === 'threw') return answer.fault.status === 'bug' ? undefined : 'failed';
  return outcomes[answer.decision.decision];
}

const outcomes: Readonly<Record<AuthorizationDecision['decision'], FlagOutcome>> = {
  permit: 'succeeded',
  deny: 'failed',
  abstain: 'ignored',
};

function resultOf(
  answers: readonly Answer[],
  state: FlagState,
  modules: readonly AuthorizationEntry[],
): AuthorizationResult {
  const steps = modules.map((entry, position) => buildStep(entry, answers[position]));
  const last = answers.at(-1);
  if (last?.status === 'threw' && last.fault.status === 'bug') return denied(last, steps);
  const decided = verdict(state);
  if (decided.granted) {
    const permitted = steps.findLast(({ decision }) => decision === 'permit');
    return { decision: 'permit', reason: permitted?.reason ?? '', steps };
  }
  // Among alternatives of which none permits, one that could not be asked decides: it might have said yes.
  const missed = answers.findIndex((answer) => answer.status === 'threw' && answer.fault.status === 'unavailable');
  const by = state.firstRequiredFailure ?? (missed === -1 ? decided.by : missed);
  return denied(by === undefined ? undefined : answers[by], steps);
}

function denied(by: Answer | undefined, steps: readonly AuthorizationStep[]): AuthorizationResult {
  if (by === undefined) return { decision: 'deny', reason: 'no-module-permits', steps };
  if (by.status === 'answered') return { decision: 'deny', reason: by.decision.reason, steps };
  const { fault } = by;
  const reason = faultWord(fault);
  return fault.status === 'failed'
    ? { decision: 'deny', reason, steps }
    : { decision: 'deny', reason: fault.status === 'bug' ? 'ERR_LOGIN_MODULE_BUG' : reason, steps, fault };
}

function buildStep({ code, flag, place }: AuthorizationEntry, answer: Answer | undefined): AuthorizationStep {
  const own = place === undefined ? {} : { place };
  if (answer === undefined) return { code, flag, decision: 'not-reached', reason: 'the list ended before', ...own };
  if (answer.status === 'answered') {
    const { decision, reason } = answer.decision;
    // Which constraint decided says more than which line asked for the constraints to be looked at.
    const decisive = answer.decision.place ?? place;
    return { code, flag, decision, reason, ...(decisive === undefined ? {} : { place: decisive }) };
  }
  const { fault } = answer;
  return { code, flag, decision: fault.status === 'failed' ? 'deny' : fault.status, reason: faultWord(fault), ...own };
}
