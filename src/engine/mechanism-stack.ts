/** @module Mechanisms in order under control flags: what a request shows to each, whom its domain lets in, and who that makes of the request. */
import type { Timers } from '../spi/clock.ts';
import type { MechanismStep } from '../spi/decision-trace.ts';
import type { HttpMechanism, MechanismRequest } from '../spi/http-mechanism.ts';
import type { LoginRequest, LoginResult } from '../spi/security-domain.ts';
import { initialFlagState, nextAfter } from './control-flags.ts';
import { createMechanismReading, type Found, type MechanismReading, type Shown } from './mechanism-reading.ts';
import {
  answer,
  conclude,
  grantedOf,
  isBinding,
  type MechanismAnswer,
  type MechanismEntry,
  nameOf,
  outcomeOf,
  type Turn,
} from './mechanism-verdict.ts';

export type { Shown } from './mechanism-reading.ts';
export type { MechanismAnswer, MechanismEntry } from './mechanism-verdict.ts';

export interface MechanismStackOptions {
  readonly domain: string;
  readonly entries: readonly MechanismEntry[];
  readonly timers: Timers;
  /** For each mechanism that is asked. */
  readonly deadlineMs: number;
}

/** One request before the mechanisms. Each mechanism reads it once, however often it is asked. */
export interface MechanismRun {
  /** True when there is something that did not come with the connection unasked: it wins over a session. */
  isAsked(): Promise<boolean>;
  /**
   * @param login what the domain is told, for each mechanism
   * @throws the fault of a mechanism that could not answer, where that decides; what the domain throws
   */
  authenticate(login: (mechanism: string) => Omit<LoginRequest, 'mechanism' | 'mechanisms'>): Promise<MechanismAnswer>;
}

export interface MechanismStack {
  /** The security domain whose sessions count. */
  readonly domain: string;
  /** All of them, in order: for challenges. */
  readonly mechanisms: readonly HttpMechanism[];
  /** @param shown what one mechanism has read in an earlier leg: it is not asked again. */
  begin(request: MechanismRequest, shown?: Shown): MechanismRun;
  /**
   * Who somebody is who has shown nothing at all: for naming him where everybody may pass, never for letting him in
   * (jboss-facts §1.4, §15 no. 5). `undefined` where no module has an `unauthenticatedIdentity`.
   */
  nameAnonymous(login: Omit<LoginRequest, 'mechanism' | 'mechanisms'>): Promise<LoginResult | undefined>;
}

/** What stands in the trace of somebody who has shown nothing. */
const noMechanism = 'none';

/**
 * The flags mean what they mean for login modules (jboss-facts §1.1): evidence that the domain accepts is a success, evidence
 * that it refuses or that is malformed a failure. A `sufficient` or `optional` mechanism that finds nothing is ignored. One that is
 * `required` or `requisite` and finds nothing grants nothing: else leaving evidence out would pass a second mechanism by.
 * Without a success nobody is authenticated (unlike in JBoss, jboss-facts §4.8). What is required proves one person: the second
 * factor of somebody else is none.
 */
export function createMechanismStack(options: MechanismStackOptions): MechanismStack {
  const { entries } = options;
  const traced = entries.some(({ place }) => place !== undefined);

  async function run(reading: MechanismReading, login: Parameters<MechanismRun['authenticate']>[0]) {
    const turns: Turn[] = [];
    const steps: MechanismStep[] = [];
    let state = initialFlagState;
    for (const [position, entry] of entries.entries()) {
      const found = await reading.read(entry.mechanisms);
      const known = { ...stepHead(entry, found), outcome: found.status } as const;
      if (found.status !== 'evidence') {
        turns.push({ found });
        steps.push(found.status === 'malformed' ? { ...known, reason: found.note } : known);
      } else {
        const mechanism = found.mechanism.name;
        const sofar = traced ? { mechanisms: [...steps, known] } : {};
        const [bound] = grantedOf(turns.filter((_, at) => isBinding(entries[at])));
        const proved = bound === undefined ? {} : { samePrincipal: nameOf(bound.result) };
        const result = await entry.domain.login(found.evidence, {
          ...login(mechanism),
          mechanism,
          ...sofar,
          ...proved,
        });
        // After a required failure one more leg could change nothing.
        if (result.status === 'challenge' && state.firstRequiredFailure === undefined) return answer(found, result);
        turns.push({ found, result });
        const outcome = result.status === 'authenticated' ? 'succeeded' : 'failed';
        steps.push({ ...known, outcome, decision: result.trace.id });
      }
      state = nextAfter(state, entry.flag, outcomeOf(entry.flag, turns.at(-1)), position);
      if (state.ended) break;
    }
    return conclude(entries, turns, state, reading.request);
  }

  return {
    domain: options.domain,
    mechanisms: entries.flatMap(({ mechanisms }) => mechanisms),
    begin(request, shown) {
      const reading = createMechanismReading(request, options, shown);
      return {
        async isAsked() {
          for (const { mechanisms } of entries) {
            if ((await reading.readAsked(mechanisms)).status !== 'not-attempted') return true;
          }
          return false;
        },
        authenticate: (login) => run(reading, login),
      };
    },
    async nameAnonymous(login) {
      const naming = entries.find(({ domain }) => domain.namesAnonymous === true);
      return naming?.domain.login({ kind: 'anonymous' }, { ...login, mechanism: noMechanism });
    },
  };
}

function stepHead({ flag, mechanisms, place }: MechanismEntry, found: Found): Omit<MechanismStep, 'outcome'> {
  const mechanism =
    found.status === 'not-attempted' ? mechanisms.map(({ name }) => name).join(', ') : found.mechanism.name;
  return place === undefined ? { mechanism, flag } : { mechanism, flag, place };
}
