/** @module Who sends a request to an application: whoever its Authorization field proves, else whoever the session is about. */
import type { FastifyRequest } from 'fastify';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { SessionCookie } from '../../http/cookies.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Evidence } from '../../spi/evidence.ts';
import type { HttpMechanism, MechanismRequest } from '../../spi/http-mechanism.ts';
import type { SecurityDomain } from '../../spi/security-domain.ts';
import type { SsoEntry } from '../../spi/sso-store.ts';

export interface AuthenticatedCaller {
  readonly status: 'authenticated';
  readonly principal: string;
  readonly roles: readonly string[];
  /** The decision that proved who it is. */
  readonly decision: string;
  /** The session that vouches for the caller; absent where the request brought its own evidence. */
  readonly session?: { readonly id: string; readonly entry: SsoEntry };
}

export type Caller =
  | AuthenticatedCaller
  | { readonly status: 'anonymous' }
  /** Evidence was shown and it proved nobody. `decision` is absent where it was too malformed to be decided on. */
  | { readonly status: 'refused'; readonly decision?: string };

export interface CallerOptions {
  readonly application: string;
  readonly domain: SecurityDomain;
  readonly mechanisms: readonly HttpMechanism[];
  readonly sessions: SsoSessions;
  readonly sessionCookie: SessionCookie;
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
  const shown = await proveAny(
    options,
    facts,
    options.mechanisms.filter(({ ambient }) => ambient !== true),
  );
  if (shown !== undefined) return shown;
  const known = await sessionOf(options, request);
  if (known !== undefined) return known;
  const ambient = options.mechanisms.filter((mechanism) => mechanism.ambient === true);
  return (await proveAny(options, facts, ambient)) ?? { status: 'anonymous' };
}

/** The first mechanism that finds something settles who it is. */
async function proveAny(
  options: CallerOptions,
  facts: MechanismRequest,
  mechanisms: readonly HttpMechanism[],
): Promise<Caller | undefined> {
  for (const mechanism of mechanisms) {
    const found = mechanism.evaluate(facts);
    if (found.status === 'malformed') return { status: 'refused' };
    if (found.status === 'evidence') return prove(options, mechanism, found.evidence, facts.sourceAddress);
  }
  return undefined;
}

async function sessionOf(options: CallerOptions, request: FastifyRequest): Promise<AuthenticatedCaller | undefined> {
  const id = options.sessionCookie.read(request);
  const entry = id === undefined ? undefined : await options.sessions.find(id);
  if (id === undefined || entry === undefined || entry.domain !== options.domain.name) return undefined;
  const { principal, roles, decision } = entry;
  return { status: 'authenticated', principal, roles, decision, session: { id, entry } };
}

async function prove(options: CallerOptions, mechanism: HttpMechanism, evidence: Evidence, sourceAddress: string) {
  const { application, domain } = options;
  const result = await domain.login(evidence, { sourceAddress, mechanism: mechanism.name, application });
  const decision = result.trace.id;
  if (result.status === 'denied' && result.reason === 'unavailable') {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'nobody could be asked who this is', { facts: { decision } });
  }
  if (result.status !== 'authenticated') return { status: 'refused', decision } as const;
  const { callerPrincipal, roles } = result.subject;
  return { status: 'authenticated', principal: callerPrincipal.name, roles, decision } as const;
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
