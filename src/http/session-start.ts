/** @module After a login was granted: what waited is claimed, a session with a new id begins, and the browser is told where to go on. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Factor } from '../spi/factors.ts';
import type { AuthenticatedLogin } from '../spi/http-mechanism.ts';
import type { Participant } from '../spi/sso-store.ts';
import type { OpaqueCookie } from './cookies.ts';
import type { ParkedLogin, Parking } from './parking.ts';
import { isProtectedTransport } from './request-facts.ts';

/** The engine's sessions, as this floor sees them. */
export interface SessionBeginner {
  begin(session: {
    readonly domain: string;
    readonly subject: AuthenticatedLogin['subject'];
    readonly mechanism: string;
    readonly factors: readonly Factor[];
    readonly confidential: boolean;
    readonly decision: string;
    readonly sourceAddress: string;
    readonly replaces?: string;
    readonly participants?: readonly Participant[];
    readonly endsAt?: number;
  }): Promise<{ readonly id: string }>;
}

export interface Proved {
  readonly mechanism: string;
  readonly factors: readonly Factor[];
  readonly result: AuthenticatedLogin;
  /** Who takes part in the session from its beginning: the identity provider that vouches for it. */
  readonly participants?: readonly Participant[];
  /** The session ends here at the latest, in milliseconds since the epoch. */
  readonly endsAt?: number;
}

export interface SessionStartOptions {
  readonly parking: Parking;
  readonly sessions: SessionBeginner;
  readonly sessionCookie: OpaqueCookie;
}

/**
 * The pending login is claimed before the session begins: of two at once, one is answered `ERR_LOGIN_CLAIMED` and begins nothing. It is parked
 * again under a new id, which whoever started the login elsewhere cannot know. Gives it as it goes on.
 * @throws ERR_LOGIN_CLAIMED, ERR_STORE_UNAVAILABLE, ERR_AUDIT_UNAVAILABLE
 */
export async function startSession(
  options: SessionStartOptions,
  on: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  parked: ParkedLogin,
  { mechanism, factors, result, participants, endsAt }: Proved,
): Promise<ParkedLogin> {
  const resumed = await options.parking.repark(on, parked);
  const replaces = options.sessionCookie.read(on.request);
  const { id } = await options.sessions.begin({
    domain: resumed.pending.domain,
    subject: result.subject,
    mechanism,
    factors,
    confidential: isProtectedTransport(on.request),
    decision: result.trace.id,
    sourceAddress: on.request.ip,
    ...(replaces === undefined ? {} : { replaces }),
    ...(participants === undefined ? {} : { participants }),
    ...(endsAt === undefined ? {} : { endsAt }),
  });
  options.sessionCookie.set(on.reply, id);
  return resumed;
}
