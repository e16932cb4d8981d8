/** @module PicketBox's UsernamePasswordLoginModule as a function: stacking, anonymous callers and publishing around one password check. */
import { z } from 'zod';
import { GatehouseError } from './errors.ts';
import type { AssumedEvidence, DigestEvidence, PasswordEvidence } from './evidence.ts';
import { isLoginName, maxPasswordLength } from './evidence-limits.ts';
import {
  type Contribution,
  type FailureReason,
  isRefusal,
  type LoginContext,
  type LoginModule,
  type ModuleOutcome,
  type Refusal,
} from './login-module.ts';
import { optionText } from './option-values.ts';
import type { Secret } from './secret.ts';

/** The option that the engine reads as well: with it a module reads and publishes the shared identity (jboss-facts §1.3). */
export const passwordStackingOption = {
  'password-stacking': z
    .string()
    .regex(/^useFirstPass$/i, 'the only value is useFirstPass')
    .optional()
    .describe(
      '`useFirstPass`: trust the name and password that an earlier module has proved, and publish those proved here.',
    ),
} as const;

/** The options that every module built on `usernamePasswordModule` has. Spread into its strict zod object. */
export const usernamePasswordOptions = {
  ...passwordStackingOption,
  unauthenticatedIdentity: optionText
    .optional()
    .describe('The name that a caller gets who showed neither name nor password. Without it such a caller is refused.'),
} as const;

export type PasswordVerdict =
  /** `contribution`: where the check has learned the roles on the way; otherwise `contribute` is asked. */
  | { readonly status: 'verified'; readonly contribution?: Contribution; readonly note?: string }
  | { readonly status: 'failed'; readonly reason: FailureReason; readonly note?: string };

export interface UsernamePasswordDefinition {
  readonly options: { readonly unauthenticatedIdentity?: string | undefined };
  /** The name is well formed and the password within its limit. Does the same work for an unknown name. */
  check(name: string, password: Secret<string>, context: LoginContext): Promise<PasswordVerdict>;
  /** For a module whose store can verify an HTTP digest response. Without it digest evidence fails. */
  checkDigest?(evidence: DigestEvidence, context: LoginContext): Promise<PasswordVerdict>;
  /**
   * What `check` would say to the right password, found out without one. Asked only in a rehearsal that assumes the password.
   * Without it such a name counts as proved, and the trace says that the store was not asked.
   */
  assume?(name: string, context: LoginContext): Promise<PasswordVerdict>;
  /** Roles and groups of a name that is proved: here, by an earlier module (then the store need not know it), or anonymous. */
  contribute(name: string, context: LoginContext): Promise<Contribution | Refusal>;
  close?(): Promise<void>;
}

/**
 * Stops a module that was told to stop: what it would still do comes too late for the stack.
 * @throws ERR_DEADLINE_EXCEEDED
 */
export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new GatehouseError('ERR_DEADLINE_EXCEEDED', 'the login module was stopped before it had an answer');
  }
}

/** PicketBox order (jboss-facts §1.4): shared identity, anonymous caller, own check, publish. */
export function usernamePasswordModule(definition: UsernamePasswordDefinition): LoginModule {
  const { close } = definition;
  return {
    async login(context) {
      stopIfAborted(context.signal);
      const stacked = context.shared.read();
      // A name without evidence (Identity) proves nothing: the own check follows, with the name that the client claims.
      if (stacked?.evidence !== undefined) {
        return succeed(stacked.name, await definition.contribute(stacked.name, context), context);
      }
      const { evidence } = context;
      if (evidence.kind === 'anonymous') {
        return anonymous(definition, context);
      }
      if (evidence.kind === 'assumed') {
        return assumed(definition, evidence, context);
      }
      if (evidence.kind !== 'password' && evidence.kind !== 'digest') {
        return unsupported(evidence.kind);
      }
      const verdict = await verify(definition, evidence, context);
      if (verdict.status === 'failed') {
        return verdict;
      }
      const name = evidence.username;
      const outcome = succeed(name, verdict.contribution ?? (await definition.contribute(name, context)), context);
      if (outcome.status === 'failed') {
        return outcome;
      }
      context.shared.publish({ name, evidence });
      return verdict.note === undefined ? outcome : { ...outcome, note: verdict.note };
    },
    ...(close === undefined ? {} : { close: () => close() }),
  };
}

async function verify(
  definition: UsernamePasswordDefinition,
  evidence: PasswordEvidence | DigestEvidence,
  context: LoginContext,
): Promise<PasswordVerdict> {
  if (!isLoginName(evidence.username)) {
    return { status: 'failed', reason: 'malformed-name' };
  }
  if (evidence.kind === 'digest') {
    return (await definition.checkDigest?.(evidence, context)) ?? unsupported(evidence.kind);
  }
  if (evidence.password.reveal().length > maxPasswordLength) {
    return { status: 'failed', reason: 'bad-credential', note: `longer than ${maxPasswordLength} characters` };
  }
  return definition.check(evidence.username, evidence.password, context);
}

function unsupported(note: string): Extract<PasswordVerdict, { status: 'failed' }> {
  return { status: 'failed', reason: 'unsupported-evidence', note };
}

/** Only in a rehearsal. The name goes the way of one that an earlier module has proved, so that later modules stack on it. */
async function assumed(
  definition: UsernamePasswordDefinition,
  evidence: AssumedEvidence,
  context: LoginContext,
): Promise<ModuleOutcome> {
  if (!context.dryRun) return unsupported(evidence.kind);
  if (!isLoginName(evidence.username)) return { status: 'failed', reason: 'malformed-name' };
  const name = evidence.username;
  const verdict = await definition.assume?.(name, context);
  if (verdict?.status === 'failed') return verdict;
  const outcome = succeed(name, verdict?.contribution ?? (await definition.contribute(name, context)), context);
  if (outcome.status === 'failed') return outcome;
  context.shared.publish({ name, evidence });
  const unasked = verdict === undefined ? ', nor whether there is such a user' : '';
  const more = verdict?.note === undefined ? '' : `; ${verdict.note}`;
  return { ...outcome, note: `password assumed, not checked${unasked}${more}` };
}

/** Not published: PicketBox publishes a null name here, which no later module trusts. */
async function anonymous(definition: UsernamePasswordDefinition, context: LoginContext): Promise<ModuleOutcome> {
  const name = definition.options.unauthenticatedIdentity;
  if (name === undefined) {
    return unsupported('anonymous, and no unauthenticatedIdentity');
  }
  return succeed(name, await definition.contribute(name, context), context);
}

function succeed(
  name: string,
  contribution: Contribution | Refusal,
  context: LoginContext,
): Extract<ModuleOutcome, { status: 'succeeded' | 'failed' }> {
  stopIfAborted(context.signal);
  if (isRefusal(contribution)) {
    return contribution;
  }
  return { status: 'succeeded', contribution: { identity: { name, type: 'user' }, ...contribution } };
}
