/** @module Whether a typed code is right, new and one of not too many: for logins, and for whoever changes an authenticator. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../spi/clock.ts';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import type { Secret } from '../../spi/secret.ts';
import type { Authenticator } from './record.ts';
import { readRecoveryCode, recoveryDigest } from './recovery-codes.ts';
import { driftSteps, matchingStep, stepAt, stepSeconds } from './totp.ts';

/** Spaces and hyphens that people add are room enough: nothing longer is a code. */
export const maxTypedCharacters = 64;

/**
 * Attempts at one person's codes, from wherever they come, within `attemptWindowMs`; a right code ends the count. Whoever guesses
 * knows the password already; with six digits, of which three count at any time, he needs 240 days for even odds.
 */
export const maxAttempts = 10;
export const attemptWindowMs = 15 * 60_000;

export type CodeVerdict =
  | { readonly status: 'accepted'; readonly by: 'code' }
  /** `digest`: what is to be removed from the record before the login may go on. */
  | { readonly status: 'accepted'; readonly by: 'recovery-code'; readonly digest: string }
  | { readonly status: 'refused'; readonly reason: 'malformed' | 'wrong' | 'used' | 'too-many-attempts' };

export interface CodeCheck {
  readonly user: string;
  readonly authenticator: Authenticator;
  readonly typed: string;
  /** Nothing is counted or spent. */
  readonly dryRun: boolean;
}

export interface CodeChecker {
  /** @throws ERR_STORE_UNAVAILABLE */
  check(question: CodeCheck): Promise<CodeVerdict>;
  /**
   * For an authenticator that is being set up: the step of a right code. It is not counted as an attempt: its owner has seen the
   * secret, and a right answer would forgive the attempts at the authenticator that is to be replaced.
   */
  stepOfNew(authenticator: Authenticator, typed: string): number | undefined;
  /** Spends a step and all before it that could still be shown; exactly one caller gets true. @throws ERR_STORE_UNAVAILABLE */
  spend(authenticator: Authenticator, step: number): Promise<boolean>;
}

export function createCodeChecker(parts: {
  readonly domain: string;
  readonly clock: Clock;
  readonly ephemeral: EphemeralStore;
  readonly recoveryKey: Secret<Uint8Array>;
}): CodeChecker {
  const { clock, ephemeral, recoveryKey } = parts;

  /** What names a code is the secret itself: it is spent under every spelling of the name and in every domain that shares the store. */
  async function spend(authenticator: Authenticator, step: number): Promise<boolean> {
    const owner = createHmac('sha256', authenticator.secret.reveal())
      .update('gatehouse spent code')
      .digest('base64url');
    const ttlMs = (2 * driftSteps + 1) * stepSeconds * 1000;
    let first = false;
    for (let one = Math.min(step, stepAt(clock.now()) - driftSteps); one <= step; one += 1) {
      first = await ephemeral.once(`one-time-code:${owner}:${one}`, ttlMs);
    }
    return first;
  }

  async function checkStep({ authenticator, dryRun }: CodeCheck, code: string): Promise<CodeVerdict> {
    const step = matchingStep(authenticator.secret.reveal(), code, clock.now(), authenticator);
    if (step === undefined) return { status: 'refused', reason: 'wrong' };
    if (!dryRun && !(await spend(authenticator, step))) return { status: 'refused', reason: 'used' };
    return { status: 'accepted', by: 'code' };
  }

  function checkRecovery({ user, authenticator }: CodeCheck, code: string): CodeVerdict {
    const typed = recoveryDigest(recoveryKey, user, code);
    const matching = authenticator.recovery.filter((kept) => equalDigests(kept, typed));
    const [digest] = matching;
    return digest === undefined
      ? { status: 'refused', reason: 'wrong' }
      : { status: 'accepted', by: 'recovery-code', digest };
  }

  return {
    spend,
    stepOfNew(authenticator, typed) {
      if (typed.length > maxTypedCharacters) return undefined;
      return matchingStep(authenticator.secret.reveal(), compacted(typed), clock.now(), authenticator);
    },
    async check(question) {
      const { authenticator, typed, dryRun, user } = question;
      if (typed.length > maxTypedCharacters) return { status: 'refused', reason: 'malformed' };
      const compact = compacted(typed);
      const isCode = /^\d+$/.test(compact) && compact.length === authenticator.digits;
      const recovery = isCode ? undefined : readRecoveryCode(typed);
      if (!isCode && recovery === undefined) return { status: 'refused', reason: 'malformed' };
      const attempts = attemptsKey(parts.domain, user);
      // Counted before it is looked at, so that guesses that come at once are no more than those one after another.
      if (!dryRun && (await ephemeral.count(attempts, attemptWindowMs)) > maxAttempts) {
        return { status: 'refused', reason: 'too-many-attempts' };
      }
      const verdict = recovery === undefined ? await checkStep(question, compact) : checkRecovery(question, recovery);
      if (!dryRun && verdict.status === 'accepted') await ephemeral.take(attempts);
      return verdict;
    },
  };
}

/** Without the blanks and hyphens with which codes are shown and typed. */
const compacted = (typed: string) => typed.replace(/[\s-]/g, '');

function attemptsKey(domain: string, user: string): string {
  return `one-time-code-attempts:${createHash('sha256')
    .update(JSON.stringify([domain, user]))
    .digest('base64url')}`;
}

/** Both are SHA-256 in base64url. */
function equalDigests(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
