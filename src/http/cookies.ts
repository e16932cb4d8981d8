/** @module Cookies of our own: opaque values of 256 bits, kept from scripts, from foreign posts and from neighbouring hosts. */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** 256 bits in base64url; anything else is treated as absent. */
const valuePattern = /^[A-Za-z0-9_-]{43}$/;

export interface OpaqueCookie {
  /** Every name that it may have: what no application behind us may see or set. */
  readonly names: readonly string[];
  read(request: FastifyRequest): string | undefined;
  set(reply: FastifyReply, value: string): void;
  clear(reply: FastifyReply): void;
}

/**
 * Host-only, HttpOnly, SameSite=Lax (a message that arrives by a cross-site POST goes on with a redirect, because Lax cookies
 * travel only on top-level GET). Over TLS it is Secure and has the prefix `__Host-`, with which no other host can
 * plant one (RFC 6265bis §4.1.3.2); what was set without TLS does not count there.
 */
export function createOpaqueCookie(name: string): OpaqueCookie {
  const nameFor = (request: FastifyRequest) => (request.protocol === 'https' ? `__Host-${name}` : name);
  const attributesFor = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' }) as const;
  return {
    names: [name, `__Host-${name}`],
    read: (request) => opaqueValue(request, nameFor(request)),
    set: (reply, value) => {
      reply.setCookie(nameFor(reply.request), value, attributesFor(reply.request));
    },
    clear: (reply) => {
      reply.clearCookie(nameFor(reply.request), attributesFor(reply.request));
    },
  };
}

/**
 * A name that comes twice counts as absent: one of the two was planted from a neighbouring host or a deeper path
 * (RFC 6265 §8.6), and nobody can tell which.
 */
function opaqueValue(request: FastifyRequest, name: string): string | undefined {
  const value = request.cookies[name];
  if (value === undefined || !valuePattern.test(value)) return undefined;
  const pairs = (request.headers.cookie ?? '').split(';');
  return pairs.filter((pair) => pair.split('=', 1)[0]?.trim() === name).length === 1 ? value : undefined;
}
