/** @module The SSO session that a request brings: looked up by its cookie, and believed in its own security domain only. */
import type { FastifyRequest } from 'fastify';
import type { SsoEntry } from '../spi/sso-store.ts';
import type { OpaqueCookie } from './cookies.ts';

export interface LiveSession {
  readonly id: string;
  readonly entry: SsoEntry;
}

/** `undefined`: no session, or one of another domain, or one that began before `notBefore` (milliseconds since the epoch). */
export type LiveSessions = (
  request: FastifyRequest,
  wanted?: { readonly domain?: string; readonly notBefore?: number },
) => Promise<LiveSession | undefined>;

/** The lookup renews the idle time. @throws ERR_STORE_UNAVAILABLE from what it returns. */
export function createLiveSessions(options: {
  readonly sessionCookie: OpaqueCookie;
  readonly find: (id: string) => Promise<SsoEntry | undefined>;
}): LiveSessions {
  return async (request, wanted = {}) => {
    const id = options.sessionCookie.read(request);
    const entry = id === undefined ? undefined : await options.find(id);
    if (id === undefined || entry === undefined) return undefined;
    if (wanted.domain !== undefined && entry.domain !== wanted.domain) return undefined;
    return entry.authenticatedAt < (wanted.notBefore ?? 0) ? undefined : { id, entry };
  };
}
