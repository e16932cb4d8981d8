/** @module What many replayed logins come to: counted by domain and cause, with the people that each cause is about. */
import type { Replayed, ReplayedOutcome } from './replay.ts';

/** More names than anybody reads; how many there are is counted on. */
const maxPrincipals = 1000;
/** A cause has a handful of words for each change of a domain; a log of a thousand configurations still fits. */
const maxCauses = 10_000;

export interface ReplayCause {
  readonly domain: string;
  readonly status: 'changes' | 'unknown';
  /** In words: `would be refused` … */
  readonly effect: string;
  readonly because: string;
  readonly logins: number;
  /** At most a thousand. */
  readonly principals: readonly string[];
}

export interface ReplayReport {
  readonly logins: number;
  readonly same: number;
  readonly changes: number;
  readonly unknown: number;
  /** The most frequent first. */
  readonly causes: readonly ReplayCause[];
}

export interface ReplayCounter {
  add(domain: string, principal: string | undefined, replayed: Replayed): void;
  report(): ReplayReport;
}

interface Counted {
  readonly cause: Omit<ReplayCause, 'logins' | 'principals'>;
  logins: number;
  readonly principals: Set<string>;
}

export function createReplayCounter(): ReplayCounter {
  const causes = new Map<string, Counted>();
  const counts = { same: 0, changes: 0, unknown: 0 };

  return {
    add(domain, principal, replayed) {
      counts[replayed.status] += 1;
      if (replayed.status === 'same') return;
      const { status } = replayed;
      const effect = status === 'changes' ? effectOf(replayed.to) : 'cannot be told';
      const cause = { domain, status, effect, because: replayed.because };
      const full = causes.size >= maxCauses;
      const key = full ? 'further causes' : JSON.stringify(cause);
      const known = causes.get(key) ?? { cause, logins: 0, principals: new Set() };
      known.logins += 1;
      if (principal !== undefined && known.principals.size < maxPrincipals) known.principals.add(principal);
      causes.set(key, known);
    },
    report() {
      const { same, changes, unknown } = counts;
      const sorted = [...causes.values()].sort((one, other) => other.logins - one.logins);
      return {
        logins: same + changes + unknown,
        same,
        changes,
        unknown,
        causes: sorted.map(({ cause, logins, principals }) => ({
          ...cause,
          logins,
          principals: [...principals].sort(),
        })),
      };
    },
  };
}

function effectOf({ outcome, roles }: ReplayedOutcome): string {
  switch (outcome) {
    case 'refused':
      return 'would be refused';
    case 'challenge':
      return 'would be asked for one thing more';
    case 'authenticated':
      if (roles === undefined) return 'would be let in';
      return roles.length === 0
        ? 'would be let in without roles'
        : `would be let in with the roles ${roles.join(', ')}`;
    default:
      return outcome satisfies never;
  }
}
