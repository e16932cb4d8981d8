/** @module What every way to sign in to a parked request has in common: its mechanisms, the record of a refusal, the session at the end. */
import type { AuditTrail } from '../../engine/audit-trail.ts';
import type { MechanismAnswer, MechanismStack } from '../../engine/mechanism-stack.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { OpaqueCookie } from '../../http/cookies.ts';
import type { ParkedLogin, Parking } from '../../http/parking.ts';
import { startSession } from '../../http/session-start.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { LoginResult } from '../../spi/security-domain.ts';
import type { Attempt } from './asking.ts';

export interface RefusalOptions {
  readonly audit: AuditTrail;
}

export interface SessionOptions {
  readonly parking: Parking;
  readonly sessions: SsoSessions;
  readonly sessionCookie: OpaqueCookie;
}

export type Decided = Extract<MechanismAnswer, { status: 'decided' }>;
type Proved = Extract<LoginResult, { status: 'authenticated' }>;

/** @throws ERR_LOGIN_EXPIRED */
export function entranceOf(entrances: ReadonlyMap<string, MechanismStack>, { pending }: ParkedLogin): MechanismStack {
  const entrance = entrances.get(pending.entrance);
  if (entrance === undefined || entrance.domain !== pending.domain) {
    throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for an entrance that is gone');
  }
  return entrance;
}

/** The id of the record, for the page. */
export async function recordRefusal({ audit }: RefusalOptions, on: Attempt, reason: string): Promise<string> {
  const { id } = await audit.record({
    type: 'request-refused',
    outcome: 'failure',
    reason,
    domain: on.parked.pending.domain,
    sourceAddress: on.request.ip,
    path: on.request.routeOptions.url ?? '/login/:id',
  });
  return id;
}

/** @returns the request as it goes on */
export function beginSession(
  options: SessionOptions,
  on: Attempt,
  { mechanism, factors }: Pick<Decided, 'mechanism' | 'factors'>,
  result: Proved,
): Promise<ParkedLogin> {
  return startSession(options, on, on.parked, { mechanism, factors, result });
}
