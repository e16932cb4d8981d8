/** @module One login tried out offline, and what an application would answer to whom it lets in. */
import type { RehearsalResult } from '../engine/rehearsal.ts';
import type { AuthorizationRequest } from '../spi/authorization.ts';
import type { DecisionTrace } from '../spi/decision-trace.ts';
import type { ModuleEvidence } from '../spi/evidence.ts';
import type { Offline, OfflineAccess } from './offline.ts';

/** What somebody wants of an application. */
export type AccessQuestion = Omit<AuthorizationRequest, 'roles'>;

export interface RehearsedCase {
  /** Absent: that of the application. */
  readonly domain?: string | undefined;
  /** Absent: a visitor who shows nothing, so that no domain is asked. */
  readonly evidence?: ModuleEvidence | undefined;
  readonly sourceAddress: string;
  readonly access?: AccessQuestion | undefined;
}

export interface Rehearsed {
  /** Absent for a visitor. */
  readonly login?: RehearsalResult;
  /** Absent where no application was asked. */
  readonly access?: OfflineAccess & { readonly question: AccessQuestion };
}

/** Whatever a sign-in page could be asked for is reported as asked for. */
const answers = ['one-time-code'] as const;

/** @throws ERR_NOT_FOUND when the configuration has no such domain or application */
export async function rehearse(offline: Offline, attempt: RehearsedCase): Promise<Rehearsed> {
  const { evidence, sourceAddress, access: question } = attempt;
  const application = question === undefined ? undefined : offline.application(question.application);
  const domain = attempt.domain ?? application?.securityDomain;
  let login: RehearsalResult | undefined;
  if (evidence !== undefined && domain !== undefined) {
    const request = {
      sourceAddress,
      mechanism: 'REHEARSAL',
      answers,
      ...(application && { application: application.name }),
    };
    login = await (await offline.domain(domain)).rehearse(evidence, request);
  }
  if (question === undefined) return login === undefined ? {} : { login };
  const subject = login?.status === 'authenticated' ? login.subject : undefined;
  const caller = subject && { principal: subject.callerPrincipal.name, roles: subject.roles };
  const request = { ...question, sourceAddress, roles: undefined, ...caller };
  const access = { ...(await offline.authorize(request)), question };
  return login === undefined ? { access } : { login, access };
}

/** A login result as commands print it: the form that scripts rely on. */
export interface PrintedLogin {
  readonly status: 'authenticated' | 'denied' | 'challenge';
  /** Of a denial: `rejected`, `unavailable` where a store could not be asked, `bug`. */
  readonly reason?: string;
  readonly principal?: string;
  readonly roles: readonly string[];
  readonly trace: DecisionTrace;
}

export function printedLogin(result: RehearsalResult): PrintedLogin {
  const { trace } = result;
  switch (result.status) {
    case 'authenticated': {
      const { callerPrincipal, roles } = result.subject;
      return { status: 'authenticated', principal: callerPrincipal.name, roles, trace };
    }
    case 'challenge':
      return { status: 'challenge', roles: [], trace };
    case 'denied':
      return { status: 'denied', reason: result.reason, roles: [], trace };
    case 'bug':
      return { status: 'denied', reason: 'bug', roles: [], trace };
    default:
      return result satisfies never;
  }
}
