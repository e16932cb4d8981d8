/** @module What the turns of a list of mechanisms come to: whom the request is from, or why nobody. */
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import type { LoginEvidence } from '../spi/evidence.ts';
import { type Factor, factorOf } from '../spi/factors.ts';
import type { HttpMechanism, MechanismRequest } from '../spi/http-mechanism.ts';
import type { ControlFlag } from '../spi/login-module.ts';
import type { LoginResult, SecurityDomain } from '../spi/security-domain.ts';
import { type FlagOutcome, type FlagState, verdict } from './control-flags.ts';
import type { Found } from './mechanism-reading.ts';
import { type Authenticated, mergeLogins } from './merge-logins.ts';

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

export type MechanismAnswer =
  /** Nothing was shown, or not everything that is required: the client is asked. */
  | { readonly status: 'none' }
  | { readonly status: 'malformed'; readonly mechanism: string; readonly note: string }
  | {
      readonly status: 'decided';
      readonly mechanism: string;
      readonly evidence: LoginEvidence;
      readonly result: LoginResult;
      /** What everything that was accepted has proved; empty without a login. */
      readonly factors: readonly Factor[];
      /** Fields for the answer to an authenticated request, such as Authentication-Info (RFC 7615). */
      complete(): Promise<Readonly<Record<string, string>>>;
    };

type Shows = Extract<Found, { status: 'evidence' }>;
export type Turn =
  | { readonly found: Exclude<Found, { status: 'evidence' }> }
  | { readonly found: Shows; readonly result: LoginResult };

export function outcomeOf(flag: ControlFlag, turn: Turn | undefined): FlagOutcome {
  if (turn !== undefined && 'result' in turn) return turn.result.status === 'authenticated' ? 'succeeded' : 'failed';
  const dispensable = flag === 'sufficient' || flag === 'optional';
  return turn?.found.status === 'not-attempted' && dispensable ? 'ignored' : 'failed';
}

export function conclude(
  entries: readonly MechanismEntry[],
  turns: readonly Turn[],
  state: FlagState,
  request: MechanismRequest,
): MechanismAnswer {
  const decided = verdict(state);
  if (decided.granted) {
    const all = grantedOf(turns);
    const [person] = [...grantedOf(turns.filter((_, at) => isBinding(entries[at]))), ...all];
    // What the others may leave out says nothing about somebody else.
    const granted = all.filter(({ result }) => person !== undefined && nameOf(result) === nameOf(person.result));
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

type Granted = Shows & { readonly result: Authenticated };

export function grantedOf(turns: readonly Turn[]): readonly Granted[] {
  return turns.flatMap((turn) =>
    'result' in turn && turn.result.status === 'authenticated' ? [{ ...turn.found, result: turn.result }] : [],
  );
}

export const nameOf = ({ subject }: Authenticated) => subject.callerPrincipal.name;

export function isBinding(entry: MechanismEntry | undefined): boolean {
  return entry?.flag === 'required' || entry?.flag === 'requisite';
}

function isGranted(turn: Turn): boolean {
  return 'result' in turn && turn.result.status === 'authenticated';
}

export function answer({ mechanism, evidence }: Shows, result: LoginResult) {
  return {
    status: 'decided',
    mechanism: mechanism.name,
    evidence,
    result,
    factors: [],
    complete: async () => ({}),
  } as const;
}

function factorsOf(granted: readonly Granted[]): readonly Factor[] {
  const proved = granted.flatMap(({ evidence, result }) => [
    factorOf(evidence.kind),
    ...(result.subject.factors ?? []),
  ]);
  return [...new Set(proved.filter((factor) => factor !== undefined))];
}

async function completeAll(
  granted: readonly Granted[],
  request: MechanismRequest,
): Promise<Readonly<Record<string, string>>> {
  const fields = await Promise.all(
    granted.map(async ({ mechanism, result }) => (await mechanism.complete?.(request, result)) ?? {}),
  );
  return Object.assign({}, ...fields);
}
