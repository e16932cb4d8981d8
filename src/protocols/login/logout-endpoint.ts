/** @module `/logout`: ends the session and tells every application (`?GLO=true`), or takes one application out (`?LLO=true`). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logouts } from '../../engine/logout.ts';
import type { LogoutTickets } from '../../engine/logout-tickets.ts';
import { keyOf } from '../../engine/opaque-id.ts';
import type { BrowserKey } from '../../http/browser-key.ts';
import type { OpaqueCookie } from '../../http/cookies.ts';
import { type FormFields, parseForm } from '../../http/form.ts';
import type { LiveSession, LiveSessions } from '../../http/live-session.ts';
import { logoutLocation } from '../../http/logout-location.ts';
import { sendPage } from '../../http/page.ts';
import type { ProbeMemory } from '../../http/probe-memory.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { LogoutRecord } from '../../spi/logout-ledger.ts';
import type { Participant } from '../../spi/sso-store.ts';
import { leavePage, signedOutPage, signOutPage } from './sign-in-page.ts';

export interface LogoutEndpointOptions {
  readonly logouts: Logouts;
  readonly tickets: LogoutTickets;
  readonly sessionCookie: OpaqueCookie;
  readonly liveSession: LiveSessions;
  readonly browserKey: BrowserKey;
  readonly probes: ProbeMemory;
}

/** As long as a browser without a ticket is left alone: a working day. */
const quietAfterSignOutSeconds = 28_800;

/** What the form token of the sign-out page is about. */
const formSubject = 'logout';

/**
 * GET asks, POST does: a picture on a foreign page must not sign anybody out. The session is ended in the store before
 * anybody is told and before the answer goes out, so that the cookie is worthless even where a browser keeps it.
 */
export function mountLogoutEndpoint(app: FastifyInstance, options: LogoutEndpointOptions): void {
  const { browserKey, liveSession, logouts, sessionCookie, tickets } = options;

  app.get('/logout', async (request, reply) => {
    const session = await liveSession(request);
    if (session === undefined) {
      sessionCookie.clear(reply);
      return sendPage(reply, 200, signedOutPage);
    }
    const one = applicationOf(parseForm(request.url.split('?', 2)[1] ?? ''));
    const csrf = browserKey.csrfToken(request, reply, formSubject);
    const { principal } = session.entry;
    return sendPage(reply, 200, one === undefined ? signOutPage(csrf, principal) : leavePage(csrf, principal, one));
  });

  app.post<{ Body: FormFields | undefined }>('/logout', async (request, reply) => {
    const form = request.body ?? { fields: {}, repeated: [] };
    browserKey.checkCsrf(request, form, formSubject);
    const session = await liveSession(request);
    const one = applicationOf(form);
    const record = session && (one === undefined ? await endOf(request, session) : await leave(session, one));
    if (one === undefined || session === undefined) sessionCookie.clear(reply);
    // Whoever signs out means it: the desktop would sign in again at once.
    if (one === undefined) options.probes.quiet(reply, quietAfterSignOutSeconds);
    return show(reply, record);
  });

  async function endOf(request: FastifyRequest, { id, entry }: LiveSession): Promise<LogoutRecord | undefined> {
    const key = keyOf(id);
    if (key === undefined) return undefined;
    return logouts.begin({ key, entry, cause: 'person', sourceAddress: request.ip, browser: true });
  }

  async function leave({ id, entry }: LiveSession, name: string): Promise<LogoutRecord | undefined> {
    const who = participantOf(entry.participants, name);
    const record = who && (await logouts.leave({ id, who }));
    if (record === undefined) throw new GatehouseError('ERR_NOT_FOUND', 'the session has no such application');
    return record;
  }

  function show(reply: FastifyReply, record: LogoutRecord | undefined): FastifyReply {
    if (record === undefined || record.participants.length === 0) return sendPage(reply, 200, signedOutPage);
    return reply.redirect(logoutLocation(tickets.issue(record.id)), 303);
  }
}

/** JBoss compares the value in any case (jboss-facts §11.4). `undefined`: all of them. */
function applicationOf(form: FormFields): string | undefined {
  if (form.fields['LLO']?.toLowerCase() !== 'true') return undefined;
  const name = form.fields['application'];
  if (name === undefined) throw new GatehouseError('ERR_REQUEST_MALFORMED', 'LLO needs the name of an application');
  return name;
}

function participantOf(participants: readonly Participant[], name: string): Participant | undefined {
  return (
    participants.find((one) => one.kind === 'application' && one.name === name) ??
    // Where the person has signed in nobody can be taken out of: that session is not ours.
    participants.find((one) => one.kind === 'saml' && one.name === name)
  );
}
