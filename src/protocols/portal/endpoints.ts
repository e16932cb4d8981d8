/** @module `/`: the applications that a person may go to, one link each. */
import type { FastifyInstance } from 'fastify';
import { html } from '../../http/html.ts';
import type { LiveSessions } from '../../http/live-session.ts';
import { type Page, sendPage } from '../../http/page.ts';
import { asksForOther, otherAccountPath, type Parking, signInPath } from '../../http/parking.ts';

export interface AppLink {
  readonly name: string;
  readonly href: string;
}

export interface PortalOptions {
  readonly domain: string;
  /** The name of the mechanism stack at which people prove who they are. */
  readonly entrance: string;
  readonly apps: () => readonly AppLink[];
  /** Where a person sets up an authenticator; absent where the domain has no one-time codes. */
  readonly oneTimeCodesPath?: string;
  readonly liveSession: LiveSessions;
  readonly parking: Parking;
}

const path = '/';

export function mountPortal(app: FastifyInstance, options: PortalOptions): void {
  const { domain, entrance, parking } = options;
  app.get<{ Querystring: Record<string, unknown> }>(path, async (request, reply) => {
    const session = await options.liveSession(request, { domain });
    const other = asksForOther(request);
    if (session === undefined || other) {
      const parked = await parking.park({ request, reply }, { domain, entrance, resumePath: path, state: '' });
      return reply.redirect(other ? otherAccountPath(parked) : signInPath(parked), 303);
    }
    if (request.query['pending'] === undefined) {
      return sendPage(reply, 200, portalPage(session.entry.principal, options.apps(), options.oneTimeCodesPath));
    }
    await parking.claim(await parking.resumed(request, path));
    return reply.redirect(path, 303);
  });
}

function portalPage(principal: string, apps: readonly AppLink[], codes: string | undefined): Page {
  const links = apps.map((link) => html`<li><a href="${link.href}">${link.name}</a></li>`);
  const list =
    apps.length === 0 ? html`<p>No application is registered yet.</p>` : html`<ul class="apps">${links}</ul>`;
  return {
    title: 'Your applications – Gatehouse',
    body: html`<h1>Your applications</h1><p class="soft">Signed in as ${principal}. <a href="/?account=other">Use another account</a></p>${list}${codes !== undefined && html`<p><a href="${codes}">One-time codes</a></p>`}<p><a href="/logout?GLO=true">Sign out everywhere</a></p>`,
  };
}
