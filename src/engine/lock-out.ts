/** @module Lock-out: who has guessed too often at a name from an address, or from an address at all, is refused unasked for a while. */
import type { ModuleStep } from '../spi/decision-trace.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { ModuleEvidence } from '../spi/evidence.ts';
import type { LoginRequest } from '../spi/security-domain.ts';
import { createAttemptGate } from './attempt-gate.ts';
import { attemptKeys } from './attempt-keys.ts';
import { classifyFault, faultWord } from './fault.ts';
import { concludeFault, type Decided } from './login-record.ts';
import type { StackRun } from './login-stack.ts';

export interface LockOutRule {
  /** Failures for one name from one address. */
  readonly attempts: number;
  /** Failures from one address, whatever the name. */
  readonly perAddressAttempts: number;
  /** From the first failure on; those before it are forgotten. */
  readonly windowMs: number;
  readonly lockMs: number;
}

/** A login that has been decided, and how to undo it. */
export interface Attempt {
  readonly decided: Decided;
  undo(): Promise<unknown>;
  /** To be called once the login is granted and on record. */
  readonly keep?: StackRun['keep'];
}

export type Decide = (evidence: ModuleEvidence, request: LoginRequest) => Promise<Attempt>;

export interface LockOutOptions {
  readonly domain: string;
  readonly rule: LockOutRule;
  readonly ephemeral: EphemeralStore;
  /** For the trace of an attempt for which nobody was asked. */
  readonly unasked: readonly ModuleStep[];
  /** For what the store does not end by itself, and for waiting while others try the same. */
  readonly limit: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

interface Counter {
  readonly key: string;
  readonly attempts: number;
  readonly words: string;
}

type Admission = { readonly leave: () => void } | { readonly full: Counter };

/**
 * `decide` behind a lock-out. Only passwords and digests can be guessed, so only they are counted and refused; a dry run
 * neither reads nor writes. Counts only what was rejected: a store that could not be asked is nobody's guess, unless another
 * one knows the name and does not accept the password. A lock is not extended by attempts during it. While the counters cannot be asked, nobody is let in by a password.
 *
 * On one server no more attempts than `attempts` can fail, however many come at once; of n servers that share the store
 * each can have that many under way when the last one fails.
 */
export function lockOut(decide: Decide, { domain, rule, ephemeral, unasked, limit }: LockOutOptions): Decide {
  const gate = createAttemptGate();

  function countersOf(name: string, address: string): { readonly pair: Counter; readonly address: Counter } {
    const keys = attemptKeys(domain, name, address);
    return {
      pair: { key: keys.pair, attempts: rule.attempts, words: 'for this name from this address' },
      address: { key: keys.address, attempts: rule.perAddressAttempts, words: 'from this address' },
    };
  }

  /** The count is read before the lock: whoever sets the lock removes the count after it, so one of the two is seen. */
  async function room({ key, attempts }: Counter): Promise<number> {
    const failed = Number((await ephemeral.get(countKey(key))) ?? '0');
    const locked = (await ephemeral.get(lockKey(key))) !== undefined;
    return locked ? 0 : attempts - failed;
  }

  async function admit(counters: readonly Counter[]): Promise<Admission> {
    const exits: (() => void)[] = [];
    const leave = () => {
      for (const exit of exits) exit();
    };
    let admitted = false;
    try {
      for (const counter of counters) {
        const exit = await limit((signal) => gate.enter(counter.key, () => room(counter), signal));
        if (exit === undefined) return { full: counter };
        exits.push(exit);
      }
      admitted = true;
      return { leave };
    } finally {
      if (!admitted) leave();
    }
  }

  async function countFailure({ key, attempts }: Counter): Promise<void> {
    const failed = await ephemeral.count(countKey(key), rule.windowMs);
    if (failed < attempts) return;
    await ephemeral.put(lockKey(key), '', rule.lockMs);
    await ephemeral.take(countKey(key));
  }

  /** The address keeps its count: else an account of one's own would make guesses at others free. */
  async function settle(decided: Decided, pair: Counter, address: Counter): Promise<void> {
    if (decided.conclusion.status === 'authenticated') await ephemeral.take(countKey(pair.key));
    if (!isGuess(decided)) return;
    await countFailure(pair);
    await countFailure(address);
  }

  function refused(conclusion: Decided['conclusion'], decidedBy: string): Attempt {
    return { decided: { conclusion, decidedBy, modules: unasked, mapping: [] }, undo: async () => undefined };
  }

  function unavailable(error: unknown): Pick<Decided, 'conclusion' | 'decidedBy'> {
    const fault = classifyFault(error);
    return { conclusion: concludeFault(fault), decidedBy: `lock-out could not be asked: ${faultWord(fault)}` };
  }

  async function settled(attempt: Attempt, pair: Counter, address: Counter): Promise<Attempt> {
    try {
      await limit(() => settle(attempt.decided, pair, address));
      return attempt;
    } catch (error) {
      await attempt.undo();
      return { ...attempt, decided: { ...attempt.decided, ...unavailable(error) } };
    }
  }

  return async (evidence, request) => {
    const guessed = evidence.kind === 'password' || evidence.kind === 'digest';
    if (!guessed || request.dryRun === true) return decide(evidence, request);
    const { pair, address } = countersOf(evidence.username, request.sourceAddress);
    let admission: Admission;
    try {
      // The pair first: who waits for it holds no place of the address.
      admission = await admit([pair, address]);
    } catch (error) {
      const { conclusion, decidedBy } = unavailable(error);
      return refused(conclusion, decidedBy);
    }
    if ('full' in admission) {
      const conclusion = { status: 'denied', reason: 'rejected', because: 'locked-out' } as const;
      return refused(conclusion, `lock-out: too many failures ${admission.full.words}`);
    }
    try {
      return await settled(await decide(evidence, request), pair, address);
    } finally {
      admission.leave();
    }
  };
}

/** While one of two stores is away, passwords of the other could be guessed without end. */
function isGuess({ conclusion, modules }: Decided): boolean {
  if (conclusion.status !== 'denied') return false;
  const wrong = ({ outcome, reason }: ModuleStep) =>
    outcome === 'failed' && /^bad-credential(?::|$)/.test(reason ?? '');
  return conclusion.reason === 'rejected' || modules.some(wrong);
}

const countKey = (key: string) => `lock-out-failures:${key}`;
const lockKey = (key: string) => `lock-out:${key}`;
