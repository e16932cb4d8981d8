/** @module A login stack behind an authentication cache: who is known by the very same credential is not asked about again. */
import type { Clock, Random } from '../spi/clock.ts';
import type { Evidence, ModuleEvidence } from '../spi/evidence.ts';
import type { Logger } from '../spi/logger.ts';
import type { DomainCache } from '../spi/security-domain.ts';
import { type AuthCacheRule, type CachedLogin, createAuthCache } from './auth-cache.ts';
import { faultWord } from './fault.ts';
import type { LoginStack, StackModule, StackRun } from './login-stack.ts';
import { stepNotReached } from './module-run.ts';

export interface CachedStackOptions {
  readonly domain: string;
  readonly modules: readonly StackModule[];
  readonly rule: AuthCacheRule;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface CachedStack extends LoginStack {
  readonly cache: DomainCache;
}

/**
 * A dry run neither reads nor writes. A run that a hit stands for has no steps, and there is nothing to undo. What the
 * stack has granted is kept once the login is on record, and only if every module that was wanted could be asked, none says
 * that its answers hold for one moment, and none has bytes for the client, which are good once.
 */
export function cachedStack(stack: LoginStack, options: CachedStackOptions): CachedStack {
  const { domain, modules, logger } = options;
  const leaving = new Set<Promise<void>>();
  const momentary = modules.some(({ module }) => module.neverCached === true);

  async function logOut({ principal, contributions }: CachedLogin): Promise<void> {
    for (const { by, fault } of await stack.logout({ principal, contributions })) {
      const facts = { domain, module: by, reason: faultWord(fault) };
      if (fault.status === 'bug')
        logger.error({ ...facts, err: fault.error }, 'a login module has a bug in its logout');
      else logger.warn(facts, 'a login module could not be told that a login is no longer kept');
    }
  }

  const cache = createAuthCache({
    ...options,
    leave(login) {
      const told = logOut(login).finally(() => leaving.delete(told));
      leaving.add(told);
      return told;
    },
  });

  function known(login: CachedLogin): StackRun {
    const steps = modules.map(stepNotReached);
    return {
      verdict: { status: 'succeeded', contributions: login.contributions },
      decidedBy: `cached decision ${login.decision}`,
      steps,
      abort: async () => ({ steps }),
    };
  }

  return {
    ...stack,
    cache: { principals: () => cache.principals(), flush: (principal) => cache.flush(principal) },
    async run(evidence, request) {
      if (momentary || !canBeShownAgain(evidence) || request.dryRun === true) return stack.run(evidence, request);
      const hit = cache.find(evidence);
      if (hit !== undefined) return known(hit);
      const generation = cache.generation();
      const run = await stack.run(evidence, request);
      if (run.verdict.status !== 'succeeded') return run;
      const { contributions } = run.verdict;
      const partial = run.steps.some(({ outcome }) => outcome === 'unavailable' || outcome === 'skipped');
      if (partial || contributions.some(({ reply }) => reply !== undefined)) return run;
      return {
        ...run,
        keep: ({ decision, principal }) => cache.keep(evidence, { decision, principal, contributions }, generation),
      };
    },
    async close() {
      await cache.flush();
      await Promise.all(leaving);
      await stack.close();
    },
  };
}

/** What an identity provider has said is good for one login, and what was assumed for none. */
function canBeShownAgain(evidence: ModuleEvidence): evidence is Evidence {
  return evidence.kind !== 'assumed' && evidence.kind !== 'verified-response';
}
