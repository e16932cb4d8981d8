/** @module Who sends a request to an application: whoever its Authorization field proves, else whoever the session is about. */
import type { FastifyRequest } from 'fastify';
import type { MechanismAnswer, MechanismStack } from '../../engine/mechanism-stack.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { LiveSession, LiveSessions } from '../../http/live-session.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { MechanismRequest } from '../../spi/http-mechanism.ts';

export interface AuthenticatedCaller {
  readonly status: 'authenticated';
  readonly principal: string;
  readonly roles: readonly string[];
  /** The decision that proved who it is. */
  readonly decision: string;
  /** The session that vouches for the caller; absent where the request brought its own evidence. */
  readonly session?: LiveSession;
  /** Fields that a mechanism adds to the answer. */
  readonly answerFields?: Readonly<Record<string, string>>;
}

export type Caller =
  | AuthenticatedCaller
  | { readonly status: 'anonymous' }
  /** Evidence was shown and it proved nobody. `decision` is absent where it was too malformed to be decided on. */
  | { readonly status: 'refused'; readonly decision?: string };

export interface CallerOptions {
  readonly application: string;
  readonly entrance: MechanismStack;
  readonly sessions: SsoSessions;
  readonly liveSession: LiveSessions;
  readonly clock: Clock;
}

/**
 * The order is JBoss's (jboss-facts §6.4): evidence in the request wins over the session, and is checked on open paths
 * too; what comes with the connection unasked (a certificate) comes after the session. It begins no session: a program that sends its password with each request would fill the store. A session of another
 * security domain says nothing here, as in JBoss, where the account is verified anew in the application's own domain.
 * @throws ERR_STORE_UNAVAILABLE
 */
export async function identify(
  options: CallerOptions,
  request: FastifyRequest,
  facts: MechanismRequest,
): Promise<Caller> {
  const run = options.entrance.begin(facts);
  const session = (await run.isAsked())
    ? undefined
    : await options.liveSession(request, { domain: options.entrance.domain });
  if (session !== undefined) {
    const { principal, roles, decision } = session.entry;
    return { status: 'authenticated', principal, roles, decision, session };
  }
  const { application } = options;
  return callerOf(await run.authenticate(() => ({ sourceAddress: facts.sourceAddress, application })));
}

async function callerOf(answer: MechanismAnswer): Promise<Caller> {
  if (answer.status === 'malformed') return { status: 'refused' };
  if (answer.status === 'none') return { status: 'anonymous' };
  const { result } = answer;
  const decision = result.trace.id;
  if (result.status === 'denied' && result.reason === 'unavailable') {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'nobody could be asked who this is', { facts: { decision } });
  }
  if (result.status !== 'authenticated') return { status: 'refused', decision };
  const { callerPrincipal, roles } = result.subject;
  const answerFields = await answer.complete();
  return { status: 'authenticated', principal: callerPrincipal.name, roles, decision, answerFields };
}

export interface NamedCaller {
  readonly principal: string;
  readonly roles: readonly string[];
}

/**
 * The name for somebody who has shown nothing and who may pass all the same. Where the domain refuses to give one, or
 * cannot be asked, nobody is named: the path is open.
 */
export async function nameAnonymous(
  { entrance, application }: Pick<CallerOptions, 'entrance' | 'application'>,
  { sourceAddress }: MechanismRequest,
): Promise<NamedCaller | undefined> {
  const result = await entrance.nameAnonymous({ sourceAddress, application });
  if (result?.status !== 'authenticated') return undefined;
  return { principal: result.subject.callerPrincipal.name, roles: result.subject.roles };
}

/** Makes the application a participant of the session, once. False when the session has ended meanwhile. */
export async function joinSession(options: CallerOptions, caller: AuthenticatedCaller): Promise<boolean> {
  const { session } = caller;
  const name = options.application;
  const joined =
    session?.entry.participants.some((known) => known.kind === 'application' && known.name === name) ?? true;
  if (session === undefined || joined) return true;
  const participant = { kind: 'application', name, joinedAt: options.clock.now() } as const;
  return (await options.sessions.join(session.id, participant)) !== undefined;
}
