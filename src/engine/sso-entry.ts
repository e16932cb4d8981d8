/** @module What is known of a person after a login, as a session keeps it. */
import type { Factor } from '../spi/factors.ts';
import type { SsoEntry } from '../spi/sso-store.ts';
import type { Principal, Subject } from '../spi/subject.ts';

export interface ProvedLogin {
  readonly domain: string;
  readonly subject: Subject;
  readonly mechanism: string;
  /** What has been proved; absent where nobody can tell. */
  readonly factors?: readonly Factor[];
  readonly confidential: boolean;
  /** The decision that authenticated the subject. */
  readonly decision: string;
}

export interface SessionTimes {
  readonly idleMs: number;
  readonly lifetimeMs: number;
}

/** @param now in milliseconds since the epoch */
export function ssoEntryOf(login: ProvedLogin, { idleMs, lifetimeMs }: SessionTimes, now: number): SsoEntry {
  const { domain, subject, mechanism, factors, confidential, decision } = login;
  const authenticatedAt = Math.floor(now);
  return {
    version: 1,
    domain,
    principal: subject.callerPrincipal.name,
    ...(subject.loginName === undefined ? {} : { loginName: subject.loginName }),
    roles: subject.roles,
    attributes: subject.attributes,
    mechanism,
    ...(factors === undefined ? {} : { factors }),
    principals: namesOf(subject),
    confidential,
    decision,
    authenticatedAt,
    expiresAt: authenticatedAt + lifetimeMs,
    idleMs,
    participants: [],
  };
}

/** The caller's first: a mapping may have made it, and then it is none of the others. */
function namesOf({ callerPrincipal, principals }: Subject): readonly Principal[] {
  const { name, type } = callerPrincipal;
  return [callerPrincipal, ...principals.filter((one) => one.name !== name || one.type !== type)];
}
