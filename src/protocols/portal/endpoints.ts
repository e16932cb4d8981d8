/** @module `/`: the applications that a person may go to, one link each. */
import type { FastifyInstance } from 'fastify';
import type { PendingLogins } from '../../engine/pending-logins.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { SessionCookie } from '../../http/cookies.ts';
import { html } from '../../http/html.ts';
import { type Page, sendPage } from '../../http/page.ts';
import type { Clock } from '../../spi/clock.ts';

export interface AppLink {
  readonly name: string;
  readonly href: string;
}

export interface PortalOptions {
  readonly domain: string;
  readonly mechanisms: readonly string[];
  readonly apps: () => readonly AppLink[];
  readonly sessions: SsoSessions;
  readonly sessionCookie: SessionCookie;
  readonly pendingLogins: PendingLogins;
  readonly clock: Clock;
}

export function mountPortal(app: FastifyInstance, options: PortalOptions): void {
  app.get<{ Querystring: Record<string, unknown> }>('/', async (request, reply) => {
    const id = options.sessionCookie.read(request);
    const entry = id === undefined ? undefined : await options.sessions.find(id);
    if (entry === undefined || entry.domain !== options.domain) {
      const pending = await options.pendingLogins.park({
        domain: options.domain,
        mechanisms: options.mechanisms,
        resumePath: '/',
        state: '',
        parkedAt: options.clock.now(),
      });
      return reply.redirect(`/login/${pending}`, 303);
    }
    const resumed = request.query['pending'];
    if (resumed === undefined) return sendPage(reply, 200, portalPage(entry.principal, options.apps()));
    if (typeof resumed === 'string') await options.pendingLogins.claim(resumed);
    return reply.redirect('/', 303);
  });
}

function portalPage(principal: string, apps: readonly AppLink[]): Page {
  const links = apps.map((link) => html`<li><a href="${link.href}">${link.name}</a></li>`);
  const list =
    apps.length === 0 ? html`<p>No application is registered yet.</p>` : html`<ul class="apps">${links}</ul>`;
  return {
    title: 'Your applications – Gatehouse',
    body: html`<h1>Your applications</h1><p class="soft">Signed in as ${principal}</p>${list}<p><a href="/logout">Sign out</a></p>`,
  };
}
