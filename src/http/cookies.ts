/** @module Our two cookies: the SSO session and the browser key that ties a sign-in form to the browser it was shown in. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Random } from '../spi/clock.ts';

/** 256 bits in base64url: both cookies have this form, and anything else is treated as absent. */
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
const tokenBytes = 32;

export interface SessionCookie {
  read(request: FastifyRequest): string | undefined;
  set(reply: FastifyReply, id: string): void;
  clear(reply: FastifyReply): void;
}

/**
 * The SSO cookie: host-only, HttpOnly, SameSite=Lax (a message that arrives by a cross-site POST goes on with a redirect,
 * because Lax cookies travel only on top-level GET), Secure where the request came over TLS.
 */
export function createSessionCookie(name: string): SessionCookie {
  return {
    read: (request) => tokenFrom(request, name),
    set: (reply, id) => {
      reply.setCookie(name, id, {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: reply.request.protocol === 'https',
      });
    },
    clear: (reply) => {
      reply.clearCookie(name, {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: reply.request.protocol === 'https',
      });
    },
  };
}

/**
 * A name that comes twice counts as absent: one of the two was planted from a neighbouring host or a deeper path
 * (RFC 6265 §8.6), and nobody can tell which.
 */
function tokenFrom(request: FastifyRequest, name: string): string | undefined {
  const value = request.cookies[name];
  if (value === undefined || !tokenPattern.test(value)) return undefined;
  const pairs = (request.headers.cookie ?? '').split(';');
  return pairs.filter((pair) => pair.split('=', 1)[0]?.trim() === name).length === 1 ? value : undefined;
}

export interface FormGuard {
  /** The token to put in a form about `subject` (a pending login's id, `logout` …); gives the browser its key when it has none. */
  issue(request: FastifyRequest, reply: FastifyReply, subject: string): string;
  /** True when the token was issued to this very browser for this very subject. */
  accepts(request: FastifyRequest, subject: string, token: string): boolean;
}

/**
 * CSRF protection without server state: token = SHA-256(browser key, subject). A foreign site can neither read the
 * HttpOnly key nor make the browser send it with a cross-site POST (SameSite=Lax).
 */
export function createFormGuard(options: { readonly random: Random; readonly cookieName: string }): FormGuard {
  const { random, cookieName } = options;
  const tokenOf = (key: string, subject: string) => createHash('sha256').update(`${key}.${subject}`).digest();
  return {
    issue(request, reply, subject) {
      let key = tokenFrom(request, cookieName);
      if (key === undefined) {
        key = Buffer.from(random.bytes(tokenBytes)).toString('base64url');
        reply.setCookie(cookieName, key, {
          path: '/',
          httpOnly: true,
          sameSite: 'lax',
          secure: request.protocol === 'https',
        });
      }
      return tokenOf(key, subject).toString('base64url');
    },
    accepts(request, subject, token) {
      const key = tokenFrom(request, cookieName);
      if (key === undefined || !tokenPattern.test(token)) return false;
      return timingSafeEqual(tokenOf(key, subject), Buffer.from(token, 'base64url'));
    },
  };
}
