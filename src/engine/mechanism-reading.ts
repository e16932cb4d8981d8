/** @module What the mechanisms find in one request: each is asked at most once, under a deadline. */
import type { Timers } from '../spi/clock.ts';
import type { LoginEvidence } from '../spi/evidence.ts';
import type { HttpMechanism, MechanismRequest, MechanismResult } from '../spi/http-mechanism.ts';
import { withDeadline } from './deadline.ts';
import { classifyFault } from './fault.ts';

export type Found =
  | { readonly status: 'not-attempted' }
  | { readonly status: 'evidence'; readonly mechanism: HttpMechanism; readonly evidence: LoginEvidence }
  | { readonly status: 'malformed'; readonly mechanism: HttpMechanism; readonly note: string }
  /** It could not answer: what it asks is down, or it took too long. */
  | { readonly status: 'fault'; readonly mechanism: HttpMechanism; readonly error: unknown };

/** What a mechanism has read in an earlier leg, or what was verified for it elsewhere. */
export interface Shown {
  readonly mechanism: string;
  readonly evidence: LoginEvidence;
}

export interface MechanismReading {
  readonly request: MechanismRequest;
  /** The first that finds something, those that come with the connection unasked last: a form that was filled in means more. */
  read(mechanisms: readonly HttpMechanism[]): Promise<Found>;
  /** Without those that come with the connection. */
  readAsked(mechanisms: readonly HttpMechanism[]): Promise<Found>;
}

export function createMechanismReading(
  request: MechanismRequest,
  options: { readonly timers: Timers; readonly deadlineMs: number },
  shown: Shown | undefined,
): MechanismReading {
  const results = new Map<HttpMechanism, Promise<Found>>();

  async function ask(mechanism: HttpMechanism): Promise<Found> {
    if (shown?.mechanism === mechanism.name) return { status: 'evidence', mechanism, evidence: shown.evidence };
    let result: MechanismResult;
    try {
      result = await withDeadline(options.timers, options.deadlineMs, (signal) =>
        mechanism.evaluate(request, { signal }),
      );
    } catch (error) {
      if (classifyFault(error).status === 'bug') throw error;
      return { status: 'fault', mechanism, error };
    }
    return result.status === 'not-attempted' ? result : { ...result, mechanism };
  }

  async function first(mechanisms: readonly HttpMechanism[]): Promise<Found> {
    for (const mechanism of mechanisms) {
      const asking = results.get(mechanism) ?? ask(mechanism);
      results.set(mechanism, asking);
      const found = await asking;
      if (found.status !== 'not-attempted') return found;
    }
    return { status: 'not-attempted' };
  }

  const asked = (mechanisms: readonly HttpMechanism[]) => mechanisms.filter(({ ambient }) => ambient !== true);
  const unasked = (mechanisms: readonly HttpMechanism[]) => mechanisms.filter(({ ambient }) => ambient === true);
  return {
    request,
    read: (mechanisms) => first([...asked(mechanisms), ...unasked(mechanisms)]),
    readAsked: (mechanisms) => first(asked(mechanisms)),
  };
}
