/** @module Which browsers have been asked for a ticket and had none: kept by the browser itself, so that it is asked once. */
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface ProbeMemory {
  /** What no application behind us may see or set. */
  readonly cookieNames: readonly string[];
  mayAsk(request: FastifyRequest): boolean;
  /** Not to be asked for so long; also after a sign-out, which would be none if the desktop signed in again at once. */
  quiet(reply: FastifyReply, seconds: number): void;
  /** It answers by itself. */
  answers(reply: FastifyReply): void;
}

/**
 * `used`: false where nobody is ever asked, so that nothing has to be remembered.
 *
 * The value says nothing and is worth nothing: whoever plants or removes it makes a browser show a form, or be asked once more.
 */
export function createProbeMemory(cookieName: string, { used = true } = {}): ProbeMemory {
  const attributesFor = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' }) as const;
  return {
    cookieNames: [cookieName],
    mayAsk: (request) => request.cookies[cookieName] === undefined,
    quiet(reply, maxAge) {
      if (!used) return;
      reply.setCookie(cookieName, 'asked', { ...attributesFor(reply.request), maxAge });
    },
    answers(reply) {
      if (reply.request.cookies[cookieName] !== undefined) reply.clearCookie(cookieName, attributesFor(reply.request));
    },
  };
}
