/** @module What is written down about a login: its trace and its audit event, built from how it was concluded. */
import type { AuditEvent } from '../spi/audit.ts';
import type { DecisionTrace, MappingStep, ModuleStep } from '../spi/decision-trace.ts';
import { claimedName, type ModuleEvidence } from '../spi/evidence.ts';
import type { LoginChallenge } from '../spi/login-challenge.ts';
import type { LoginRequest } from '../spi/security-domain.ts';
import type { Subject } from '../spi/subject.ts';
import { type Fault, faultWord } from './fault.ts';

/** How a login ended. `because` is a failure reason, an error code or a constant word. */
export type Conclusion =
  | { readonly status: 'authenticated'; readonly subject: Subject; readonly replies: readonly Uint8Array[] }
  | { readonly status: 'challenge'; readonly challenge: LoginChallenge }
  | { readonly status: 'denied'; readonly reason: 'rejected' | 'unavailable'; readonly because: string }
  | { readonly status: 'bug'; readonly error: unknown };

export interface Decided {
  readonly conclusion: Conclusion;
  readonly decidedBy: string;
  readonly modules: readonly ModuleStep[];
  readonly mapping: readonly MappingStep[];
}

export interface LoginFacts {
  readonly id: string;
  readonly begunAt: number;
  readonly ms: number;
  readonly domain: string;
  readonly configRevision: string;
  readonly evidence: ModuleEvidence;
  readonly request: LoginRequest;
}

/** The trace. Of the evidence it holds the kind, of names and roles only those that were proved. */
export function buildTrace(facts: LoginFacts, { conclusion, decidedBy, modules, mapping }: Decided): DecisionTrace {
  const subject = conclusion.status === 'authenticated' ? conclusion.subject : undefined;
  return {
    id: facts.id,
    at: Math.floor(facts.begunAt),
    domain: facts.domain,
    configRevision: facts.configRevision,
    evidence: facts.evidence.kind,
    mechanism: facts.request.mechanism,
    ...(facts.request.mechanisms === undefined ? {} : { mechanisms: facts.request.mechanisms }),
    outcome: outcomeOf(conclusion),
    decidedBy,
    ...(conclusion.status === 'challenge' ? { challenge: conclusion.challenge.kind } : {}),
    ...(subject === undefined ? {} : { principal: subject.callerPrincipal.name }),
    roles: subject?.roles ?? [],
    modules,
    mapping,
    authorization: [],
    dryRun: facts.request.dryRun === true,
    ms: facts.ms,
  };
}

/** The `login` event of a trace. Only an authenticated login is a `success`. */
export function buildLoginEvent(
  trace: DecisionTrace,
  conclusion: Conclusion,
  evidence: ModuleEvidence,
  request: LoginRequest,
): Omit<AuditEvent, 'id' | 'at' | 'node'> {
  const principal = trace.principal ?? claimedName(evidence);
  const reason = reasonOf(conclusion);
  return {
    type: 'login',
    outcome: conclusion.status === 'authenticated' ? 'success' : 'failure',
    ...(reason === undefined ? {} : { reason }),
    domain: trace.domain,
    ...(principal === undefined ? {} : { principal }),
    sourceAddress: request.sourceAddress,
    ...(request.application === undefined ? {} : { application: request.application }),
    decision: trace.id,
    trace,
  };
}

/** What a mapper's fault makes of a login that the stack had granted. */
export function concludeFault(fault: Fault): Conclusion {
  if (fault.status === 'bug') return fault;
  const reason = fault.status === 'unavailable' ? 'unavailable' : 'rejected';
  return { status: 'denied', reason, because: faultWord(fault) };
}

function outcomeOf(conclusion: Conclusion): DecisionTrace['outcome'] {
  return conclusion.status === 'denied' && conclusion.reason === 'unavailable' ? 'unavailable' : conclusion.status;
}

function reasonOf(conclusion: Conclusion): string | undefined {
  switch (conclusion.status) {
    case 'authenticated':
      return undefined;
    case 'challenge':
      return 'challenge';
    case 'denied':
      return conclusion.because;
    case 'bug':
      return 'ERR_LOGIN_MODULE_BUG';
    default:
      return conclusion satisfies never;
  }
}
