/** @module `/logout`: ends the session here. */
import type { FastifyInstance } from 'fastify';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { BrowserKey } from '../../http/browser-key.ts';
import type { OpaqueCookie } from '../../http/cookies.ts';
import type { FormFields } from '../../http/form.ts';
import type { LiveSessions } from '../../http/live-session.ts';
import { sendPage } from '../../http/page.ts';
import { signedOutPage, signOutPage } from './sign-in-page.ts';

export interface LogoutEndpointOptions {
  readonly sessions: SsoSessions;
  readonly sessionCookie: OpaqueCookie;
  readonly liveSession: LiveSessions;
  readonly browserKey: BrowserKey;
}

/** What the form token of the sign-out page is about. */
const formSubject = 'logout';

/**
 * GET asks, POST does: a picture on a foreign page must not sign anybody out. The session is ended in the store before
 * the answer goes out, so that the cookie is worthless even where a browser keeps it.
 */
export function mountLogoutEndpoint(app: FastifyInstance, options: LogoutEndpointOptions): void {
  app.get('/logout', async (request, reply) => {
    const session = await options.liveSession(request);
    if (session === undefined) {
      options.sessionCookie.clear(reply);
      return sendPage(reply, 200, signedOutPage);
    }
    return sendPage(
      reply,
      200,
      signOutPage(options.browserKey.csrfToken(request, reply, formSubject), session.entry.principal),
    );
  });

  app.post<{ Body: FormFields | undefined }>('/logout', async (request, reply) => {
    const form = request.body ?? { fields: {}, repeated: [] };
    options.browserKey.checkCsrf(request, form, formSubject);
    const id = options.sessionCookie.read(request);
    if (id !== undefined) await options.sessions.end(id, { reason: 'logout', sourceAddress: request.ip });
    options.sessionCookie.clear(reply);
    return sendPage(reply, 200, signedOutPage);
  });
}
