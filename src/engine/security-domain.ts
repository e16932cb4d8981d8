/** @module A security domain: one login from evidence to an explained, audited decision. */
import type { Clock, Random, Timers } from '../spi/clock.ts';
import type { DecisionTrace } from '../spi/decision-trace.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { ModuleEvidence } from '../spi/evidence.ts';
import type { Logger } from '../spi/logger.ts';
import type { LoginRequest, LoginResult, SecurityDomain } from '../spi/security-domain.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { AuthCacheRule } from './auth-cache.ts';
import { cachedStack } from './cached-stack.ts';
import { withDeadline } from './deadline.ts';
import { newId } from './decision-id.ts';
import { faultWord } from './fault.ts';
import { type Attempt, type LockOutRule, lockOut } from './lock-out.ts';
import { buildLoginEvent, buildTrace, type Conclusion, concludeFault, type Decided } from './login-record.ts';
import { createLoginStack, type StackModule, type StackRun } from './login-stack.ts';
import { applyMappers, type MapperEntry } from './mapping.ts';
import { elapsedMs, stepNotReached } from './module-run.ts';
import { buildSubject } from './subject-builder.ts';

export type { StackModule } from './login-stack.ts';
export type { MapperEntry } from './mapping.ts';

export interface SecurityDomainOptions {
  readonly name: string;
  readonly modules: readonly StackModule[];
  /** Those of the login; mappers that answer for one application belong to `authorization-stack.ts`. */
  readonly mappers?: readonly MapperEntry[];
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  /** Stands in every trace, so that a decision can be read against the configuration that made it. */
  readonly configRevision: string;
  /** For each module without one of its own, each mapper and each abort. */
  readonly defaultDeadlineMs: number;
  readonly timers: Timers;
  readonly breaker?: { readonly failures: number; readonly openMs: number };
  /** Absent: anybody may guess as often as the modules can be asked. */
  readonly lockOut?: { readonly rule: LockOutRule; readonly ephemeral: EphemeralStore };
  /** A module has an `unauthenticatedIdentity`. */
  readonly namesAnonymous?: boolean;
  /** Absent: every login runs the stack. */
  readonly cache?: { readonly rule: AuthCacheRule; readonly logger: Logger };
}

/**
 * Makes the domain. Each login is audited as one `login` event with its whole trace before its result is known to
 * anybody; a leg of an exchange that needs another one is a `failure` with the reason `challenge`, since nobody is
 * logged in by it. A dry run is no login and leaves no audit record: its caller has the trace.
 */
export function createSecurityDomain(options: SecurityDomainOptions): SecurityDomain {
  const { name, run, close, cached, kerberos } = decidingDomain(options);
  const oneTimeCodes = options.modules.find(({ module }) => module.oneTimeCodes !== undefined)?.module.oneTimeCodes;
  return {
    name,
    async login(evidence, request) {
      // No type lets it come here. A cast that does must not let anybody in.
      if (isAssumed(evidence)) {
        throw new TypeError('assumed evidence outside of a rehearsal');
      }
      const { conclusion, trace } = await run(evidence, request);
      if (conclusion.status !== 'bug') return resultOf(conclusion, trace);
      throw bugIn(name, conclusion.error, trace);
    },
    ...(cached === undefined ? {} : { cache: cached.cache }),
    namesAnonymous: options.namesAnonymous === true,
    ...(oneTimeCodes === undefined ? {} : { oneTimeCodes }),
    ...(kerberos === undefined ? {} : { kerberos }),
    close,
  };
}

export function bugIn(domain: string, cause: unknown, trace: DecisionTrace): GatehouseError {
  const facts = { decision: trace.id, domain };
  return new GatehouseError('ERR_LOGIN_MODULE_BUG', 'A login module or mapper threw what is not a GatehouseError', {
    cause,
    facts,
  });
}

function isAssumed({ kind }: ModuleEvidence): boolean {
  return kind === 'assumed';
}

/** What a conclusion is to the caller of a domain. */
export function resultOf(conclusion: Exclude<Conclusion, { status: 'bug' }>, trace: DecisionTrace): LoginResult {
  return conclusion.status === 'denied'
    ? { status: 'denied', reason: conclusion.reason, trace }
    : { ...conclusion, trace };
}

/** What every kind of domain does: it decides, records and explains. */
export function decidingDomain(options: SecurityDomainOptions) {
  const { name, audit, clock, random, configRevision, defaultDeadlineMs, timers } = options;
  const { mappers = [] } = options;
  const plain = createLoginStack({
    domain: name,
    modules: options.modules,
    clock,
    timers,
    defaultDeadlineMs,
    ...(options.breaker === undefined ? {} : { breaker: options.breaker }),
  });
  const cached = options.cache && cachedStack(plain, { ...options, ...options.cache, domain: name });
  const stack = cached ?? plain;
  const limit = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline(timers, defaultDeadlineMs, work);
  let closing: Promise<void> | undefined;

  /** A login that the stack granted and that fails all the same: undone in every module. */
  async function revoke(run: StackRun, decided: Omit<Decided, 'modules'>): Promise<Decided> {
    const report = await run.abort();
    if (report.bug === undefined || decided.conclusion.status === 'bug') return { ...decided, modules: report.steps };
    const conclusion = { status: 'bug', error: report.bug.error } as const;
    return { conclusion, decidedBy: report.bug.by, mapping: decided.mapping, modules: report.steps };
  }

  async function conclude(run: StackRun, request: LoginRequest): Promise<Decided> {
    const { verdict, decidedBy, steps } = run;
    if (verdict.status === 'failed') {
      return { conclusion: { ...verdict, status: 'denied' }, decidedBy, modules: steps, mapping: [] };
    }
    if (verdict.status !== 'succeeded') return { conclusion: verdict, decidedBy, modules: steps, mapping: [] };

    const proved = buildSubject(verdict.contributions);
    if (proved === undefined) {
      const conclusion = { status: 'denied', reason: 'rejected', because: 'no-identity' } as const;
      return revoke(run, { conclusion, decidedBy: 'no module named an identity', mapping: [] });
    }
    const certificate = verdict.contributions.find((one) => one.certificate !== undefined)?.certificate;
    const context = {
      dryRun: request.dryRun === true,
      ...(request.application === undefined ? {} : { application: request.application }),
      ...(certificate === undefined ? {} : { certificate }),
    };
    const mapped = await applyMappers(proved, { mappers, context, limit });
    if (mapped.status === 'fault') {
      const conclusion = concludeFault(mapped.fault);
      return revoke(run, {
        conclusion,
        decidedBy: `${mapped.by} failed: ${faultWord(mapped.fault)}`,
        mapping: mapped.steps,
      });
    }
    const { name: caller } = mapped.subject.callerPrincipal;
    if (request.samePrincipal !== undefined && request.samePrincipal !== caller) {
      const conclusion = { status: 'denied', reason: 'rejected', because: 'other-principal' } as const;
      return revoke(run, { conclusion, decidedBy: 'another mechanism proved somebody else', mapping: mapped.steps });
    }
    const replies = verdict.contributions.flatMap(({ reply }) => (reply === undefined ? [] : [reply]));
    const conclusion = { status: 'authenticated', subject: mapped.subject, replies } as const;
    return { conclusion, decidedBy, modules: steps, mapping: mapped.steps };
  }

  async function ask(evidence: ModuleEvidence, request: LoginRequest): Promise<Attempt> {
    const run = await stack.run(evidence, request);
    return { decided: await conclude(run, request), undo: () => run.abort(), keep: run.keep };
  }

  const decide =
    options.lockOut === undefined
      ? ask
      : lockOut(ask, { ...options.lockOut, domain: name, unasked: options.modules.map(stepNotReached), limit });

  async function run(evidence: ModuleEvidence, request: LoginRequest) {
    const begunAt = clock.now();
    const begun = clock.timer();
    const id = newId(clock, random);
    const { decided, undo, keep } = await decide(evidence, request);
    const trace = buildTrace(
      { id, begunAt, ms: elapsedMs(clock, begun), domain: name, configRevision, evidence, request },
      decided,
    );

    let recorded = trace.dryRun;
    try {
      if (!recorded) await audit.record(buildLoginEvent(trace, decided.conclusion, evidence, request));
      recorded = true;
    } finally {
      // What could not be recorded did not happen.
      if (!recorded) await undo();
    }

    const { conclusion } = decided;
    if (conclusion.status === 'authenticated') {
      keep?.({ decision: id, principal: conclusion.subject.callerPrincipal.name });
    }
    return { conclusion, trace };
  }

  return {
    name,
    cached,
    kerberos: options.modules.find(({ module }) => module.kerberos !== undefined)?.module.kerberos,
    run,
    close(): Promise<void> {
      closing ??= stack.close();
      return closing;
    },
  };
}
