/** @module The key that a browser holds: it ties a parked login and every form of ours to the browser that they were given to. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Random } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import { createOpaqueCookie } from './cookies.ts';
import { type FormFields, requiredField } from './form.ts';

const keyBytes = 32;
const digestPattern = /^[A-Za-z0-9_-]{43}$/;

export interface BrowserKey {
  readonly cookieNames: readonly string[];
  /** What names this browser to us and is worth nothing to others: the SHA-256 of its key. Gives it a key when it has none. */
  nameOf(request: FastifyRequest, reply: FastifyReply): string;
  /** A new key: after a login nothing that was planted before it counts. Gives the new name. */
  renew(reply: FastifyReply): string;
  is(request: FastifyRequest, name: string): boolean;
  /** The field `csrf` of a form about `subject` (a parked login's id, `logout` …). */
  csrfToken(request: FastifyRequest, reply: FastifyReply, subject: string): string;
  /** @throws ERR_REQUEST_FORGED unless the form was given to this very browser for this very subject. */
  checkCsrf(request: FastifyRequest, form: FormFields, subject: string): void;
}

/**
 * No server state: token = SHA-256(key, subject). A foreign site can neither read the HttpOnly key nor make the browser send
 * it with a cross-site POST (SameSite=Lax).
 */
export function createBrowserKey(options: { readonly random: Random; readonly cookieName: string }): BrowserKey {
  const cookie = createOpaqueCookie(options.cookieName);
  const issued = new WeakMap<FastifyReply, string>();
  const digest = (...parts: readonly string[]) => createHash('sha256').update(parts.join('.')).digest('base64url');

  function renewKey(reply: FastifyReply): string {
    const key = Buffer.from(options.random.bytes(keyBytes)).toString('base64url');
    cookie.set(reply, key);
    issued.set(reply, key);
    return key;
  }

  /** One answer sets one key, however often it is asked for. */
  const keyOf = (request: FastifyRequest, reply: FastifyReply) =>
    issued.get(reply) ?? cookie.read(request) ?? renewKey(reply);

  return {
    cookieNames: cookie.names,
    nameOf: (request, reply) => digest(keyOf(request, reply)),
    renew: (reply) => digest(renewKey(reply)),
    is(request, name) {
      const key = cookie.read(request);
      return key !== undefined && equal(digest(key), name);
    },
    csrfToken: (request, reply, subject) => digest(keyOf(request, reply), subject),
    checkCsrf(request, form, subject) {
      const token = requiredField(form, 'csrf');
      const key = cookie.read(request);
      if (key === undefined || !equal(digest(key, subject), token)) {
        throw new GatehouseError('ERR_REQUEST_FORGED', 'a form without the token of this browser');
      }
    },
  };
}

function equal(expected: string, actual: string): boolean {
  return digestPattern.test(actual) && timingSafeEqual(Buffer.from(expected), Buffer.from(actual));
}
