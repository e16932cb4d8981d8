/** @module What a browser keeps for us while it is at another server: parked requests by the name under which it will come back. */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Both are opaque: a short random name, and the id of a parked request, which only its own browser may resume. */
export interface WaitingCookie {
  /** Every name that it may have. */
  readonly names: readonly string[];
  /** False when it is too long to be kept by a browser. */
  remember(request: FastifyRequest, reply: FastifyReply, name: string, parkedId: string): boolean;
  find(request: FastifyRequest, name: string): string | undefined;
  forget(request: FastifyRequest, reply: FastifyReply, name: string): void;
}

/** RFC 6265 §6.1 promises 4096 bytes with name and attributes. */
const maxCharacters = 3_800;

const namePattern = /^[0-9a-f]{1,64}$/;
const valuePattern = /^[A-Za-z0-9_-]+$/;

interface Waiting {
  readonly name: string;
  readonly parkedId: string;
}

/**
 * Several sign-ins may be under way in one browser, one a tab: all are in one cookie, and the oldest makes room. It travels to `path` only, and
 * on top-level GET only (SameSite=Lax). Whoever plants one gains nothing: a parked request is bound to the key of its browser.
 */
export function createWaitingCookie(options: { readonly name: string; readonly path: string }): WaitingCookie {
  const { name: cookieName, path } = options;
  const nameFor = ({ protocol }: FastifyRequest) => (protocol === 'https' ? `__Secure-${cookieName}` : cookieName);

  function read(request: FastifyRequest): readonly Waiting[] {
    const value = request.cookies[nameFor(request)] ?? '';
    if (value.length > maxCharacters) return [];
    return value.split('.').flatMap((entry) => {
      const [name = '', parkedId = '', ...more] = entry.split('!');
      return more.length === 0 && namePattern.test(name) && valuePattern.test(parkedId) ? [{ name, parkedId }] : [];
    });
  }

  function write(request: FastifyRequest, reply: FastifyReply, entries: readonly Waiting[]): void {
    const attributes = { path, httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
    if (entries.length === 0) reply.clearCookie(nameFor(request), attributes);
    else reply.setCookie(nameFor(request), textOf(entries), { ...attributes, encode: (value) => value });
  }

  const textOf = (entries: readonly Waiting[]) => entries.map(({ name, parkedId }) => `${name}!${parkedId}`).join('.');

  return {
    names: [cookieName, `__Secure-${cookieName}`],
    remember(request, reply, name, parkedId) {
      const newest = { name, parkedId };
      if (textOf([newest]).length > maxCharacters) return false;
      const entries = [...read(request), newest];
      while (textOf(entries).length > maxCharacters) entries.shift();
      write(request, reply, entries);
      return true;
    },
    find: (request, name) => read(request).find((one) => one.name === name)?.parkedId,
    forget(request, reply, name) {
      const entries = read(request);
      const rest = entries.filter((one) => one.name !== name);
      if (rest.length < entries.length) write(request, reply, rest);
    },
  };
}
