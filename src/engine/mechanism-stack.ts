/** @module Mechanisms in order under control flags: what a request shows to each, whom its domain lets in, and who that makes of the request. */
import type { Timers } from '../spi/clock.ts';
import type { ConfigurationPlace, MechanismStep } from '../spi/decision-trace.ts';
import type { Evidence } from '../spi/evidence.ts';
import { type Factor, factorOf } from '../spi/factors.ts';
import type { HttpMechanism, MechanismRequest } from '../spi/http-mechanism.ts';
import type { ControlFlag } from '../spi/login-module.ts';
import type { LoginRequest, LoginResult, SecurityDomain } from '../spi/security-domain.ts';
import { type FlagOutcome, type FlagState, initialFlagState, nextAfter, verdict } from './control-flags.ts';
import { createMechanismReading, type Found, type MechanismReading, type Shown } from './mechanism-reading.ts';
import { type Authenticated, mergeLogins } from './merge-logins.ts';

export type { Shown } from './mechanism-reading.ts';

/** One entry of `authentication-jaspi`; the `mechanisms` of an application are one `required` entry with all of them. */
export interface MechanismEntry {
  readonly flag: ControlFlag;
  /** The first that finds something speaks for the entry; what comes with the connection unasked is looked at last. */
  readonly mechanisms: readonly HttpMechanism[];
  /** Decides about what they read. */
  readonly domain: SecurityDomain;
  /** Absent on a plain list, whose order is no rule that a trace has to explain. */
  readonly place?: ConfigurationPlace;
}

export interface MechanismStackOptions {
  readonly domain: string;
  readonly entries: readonly MechanismEntry[];
  readonly timers: Timers;
  /** For each mechanism that is asked. */
  readonly deadlineMs: number;
}

export type MechanismAnswer =
  /** Nothing was shown, or not everything that is required: the client is asked. */
  | { readonly status: 'none' }
  | { readonly status: 'malformed'; readonly mechanism: string; readonly note: string }
  | {
      readonly status: 'decided';
      readonly mechanism: string;
      readonly evidence: Evidence;
      readonly result: LoginResult;
      /** What everything that was accepted has proved; empty without a login. */
      readonly factors: readonly Factor[];
      /** Fields for the answer to an authenticated request, such as Authentication-Info (RFC 7615). */
      complete(): Promise<Readonly<Record<string, string>>>;
    };

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

type Turn =
  | { readonly found: Exclude<Found, { status: 'evidence' }> }
  | { readonly found: Extract<Found, { status: 'evidence' }>; readonly result: LoginResult };

/**
 * The flags mean what they mean for login modules (jboss-facts §1.1): evidence that the domain accepts is a success, evidence
 * that it refuses or that is malformed a failure. A `sufficient` or `optional` mechanism that finds nothing is ignored. One that is
 * `required` or `requisite` and finds nothing grants nothing: else leaving evidence out would pass a second mechanism by.
 * Without a success nobody is authenticated (unlike in JBoss, jboss-facts §4.8).
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
        const result = await entry.domain.login(found.evidence, { ...login(mechanism), mechanism, ...sofar });
        // After a required failure one more leg could change nothing.
        if (result.status === 'challenge' && state.firstRequiredFailure === undefined) return answer(found, result);
        turns.push({ found, result });
        const outcome = result.status === 'authenticated' ? 'succeeded' : 'failed';
        steps.push({ ...known, outcome, decision: result.trace.id });
      }
      state = nextAfter(state, entry.flag, outcomeOf(entry.flag, turns.at(-1)), position);
      if (state.ended) break;
    }
    return conclude(turns, state, reading.request);
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

function outcomeOf(flag: ControlFlag, turn: Turn | undefined): FlagOutcome {
  if (turn !== undefined && 'result' in turn) return turn.result.status === 'authenticated' ? 'succeeded' : 'failed';
  const dispensable = flag === 'sufficient' || flag === 'optional';
  return turn?.found.status === 'not-attempted' && dispensable ? 'ignored' : 'failed';
}

function conclude(turns: readonly Turn[], state: FlagState, request: MechanismRequest): MechanismAnswer {
  const decided = verdict(state);
  if (decided.granted) {
    const granted = turns.flatMap((turn) =>
      'result' in turn && turn.result.status === 'authenticated' ? [{ ...turn.found, result: turn.result }] : [],
    );
    const [first] = granted;
    if (first === undefined) return { status: 'none' };
    const result = mergeLogins(
      first.result,
      granted.slice(1).map((one) => one.result),
    );
    return { ...answer(first, result), factors: factorsOf(granted), complete: () => completeAll(granted, request) };
  }
  const failures = turns.filter((turn) => turn.found.status !== 'not-attempted' && !isGranted(turn));
  const required = turns[state.firstRequiredFailure ?? -1];
  const deciding = required !== undefined && failures.includes(required) ? required : failures.at(-1);
  if (deciding === undefined) return { status: 'none' };
  if ('result' in deciding) return answer(deciding.found, deciding.result);
  const { found } = deciding;
  if (found.status === 'fault') throw found.error;
  return found.status === 'malformed'
    ? { status: 'malformed', mechanism: found.mechanism.name, note: found.note }
    : { status: 'none' };
}

function isGranted(turn: Turn): boolean {
  return 'result' in turn && turn.result.status === 'authenticated';
}

function answer({ mechanism, evidence }: Extract<Found, { status: 'evidence' }>, result: LoginResult) {
  return {
    status: 'decided',
    mechanism: mechanism.name,
    evidence,
    result,
    factors: [],
    complete: async () => ({}),
  } as const;
}

function factorsOf(
  granted: readonly { readonly evidence: Evidence; readonly result: Authenticated }[],
): readonly Factor[] {
  const proved = granted.flatMap(({ evidence, result }) => [
    factorOf(evidence.kind),
    ...(result.subject.factors ?? []),
  ]);
  return [...new Set(proved.filter((factor) => factor !== undefined))];
}

async function completeAll(
  granted: readonly (Extract<Found, { status: 'evidence' }> & { readonly result: Authenticated })[],
  request: MechanismRequest,
): Promise<Readonly<Record<string, string>>> {
  const fields = await Promise.all(
    granted.map(async ({ mechanism, result }) => (await mechanism.complete?.(request, result)) ?? {}),
  );
  return Object.assign({}, ...fields);
}
