/** @module What the turns of a stack come to: granted, refused or unanswerable, by which module, in words. */
import type { LoginChallenge } from '../spi/login-challenge.ts';
import type { Contribution } from '../spi/login-module.ts';
import { type FlagState, verdict } from './control-flags.ts';
import { type ModuleTurn, reasonOf, type StackModule } from './module-run.ts';

export type StackVerdict =
  | { readonly status: 'succeeded'; readonly contributions: readonly Contribution[] }
  /** One more leg. Nothing has been aborted: the exchange is still open in its module. */
  | { readonly status: 'challenge'; readonly challenge: LoginChallenge }
  /** `because` is a failure reason, an error code or `all-ignored`. */
  | { readonly status: 'failed'; readonly reason: 'rejected' | 'unavailable'; readonly because: string }
  | { readonly status: 'bug'; readonly error: unknown };

export interface StackDecision {
  readonly verdict: StackVerdict;
  /** The rule that decided, in words. */
  readonly decidedBy: string;
}

/** The decision after the last turn of a phase. `turns` may be shorter than `modules`. */
export function decide(
  modules: readonly StackModule[],
  turns: readonly ModuleTurn[],
  state: FlagState,
  contributions: readonly Contribution[],
): StackDecision {
  const last = turns.at(-1)?.result;
  const lastEntry = modules[turns.length - 1];
  if (last?.status === 'challenge' && state.firstRequiredFailure === undefined) {
    const { challenge } = last;
    return {
      verdict: { status: 'challenge', challenge },
      decidedBy: `${titleOf(lastEntry)} asks for a ${challenge.kind}`,
    };
  }
  if (last?.status === 'bug') {
    return { verdict: { status: 'bug', error: last.error }, decidedBy: `${titleOf(lastEntry)} has a bug` };
  }
  const decided = verdict(state);
  if (decided.granted) {
    const verdictOf = { status: 'succeeded', contributions } as const;
    if (state.ended) return { verdict: verdictOf, decidedBy: `${titleOf(lastEntry)} succeeded` };
    return { verdict: verdictOf, decidedBy: grantedBy(modules, turns) };
  }
  if (decided.by === undefined) {
    const verdictOf = { status: 'failed', reason: 'rejected', because: 'all-ignored' } as const;
    return { verdict: verdictOf, decidedBy: 'all modules ignored' };
  }
  const by = state.firstRequiredFailure ?? missedAlternative(turns) ?? decided.by;
  const result = turns[by]?.result;
  const missed = result?.status === 'unavailable' || result?.status === 'skipped';
  const because = (result && reasonOf(result)) ?? 'rejected';
  return {
    verdict: { status: 'failed', reason: missed ? 'unavailable' : 'rejected', because },
    decidedBy: missed
      ? `${titleOf(modules[by])} could not be asked: ${because}`
      : `${titleOf(modules[by])} failed: ${because}`,
  };
}

/**
 * Among alternatives of which none succeeded, one that could not be asked decides: it might have said yes, so telling
 * the person that the password is wrong would be untrue.
 */
function missedAlternative(turns: readonly ModuleTurn[]): number | undefined {
  const position = turns.findIndex(({ result }) => result.status === 'unavailable' || result.status === 'skipped');
  return position === -1 ? undefined : position;
}

function grantedBy(modules: readonly StackModule[], turns: readonly ModuleTurn[]): string {
  const bound = modules.some(
    ({ flag }, position) =>
      flag !== 'sufficient' && flag !== 'optional' && turns[position]?.result.status === 'succeeded',
  );
  if (bound) return 'every required module succeeded';
  const first = turns.findIndex(({ result }) => result.status === 'succeeded');
  return `${titleOf(modules[first])} succeeded`;
}

/** Flag and name, as in `required UsersRoles`. */
export function titleOf(entry: StackModule | undefined): string {
  if (entry === undefined) return 'the stack';
  return entry.name === entry.code ? `${entry.flag} ${entry.code}` : `${entry.flag} ${entry.name} (${entry.code})`;
}
