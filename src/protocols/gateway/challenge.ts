/** @module Asking who somebody is before a request goes to an application: by a header, or by parking it for the sign-in page. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '../../http/html.ts';
import { challengesOf } from '../../http/mechanisms.ts';
import { type Page, sendPage } from '../../http/page.ts';
import { type Parking, pathWithParked, signInPath } from '../../http/parking.ts';
import type { HttpMechanism, MechanismRequest } from '../../spi/http-mechanism.ts';
import type { GatewayApplication } from './application.ts';
import type { Target } from './target.ts';

export const continuePath = '/gateway/continue';

export interface ChallengeOptions {
  readonly application: GatewayApplication;
  readonly mechanisms: readonly HttpMechanism[];
  readonly parking: Parking;
}

export interface Challenged {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly facts: MechanismRequest;
  readonly target: Target;
  /** What the page names for support: the login that was denied, or the refusal in the audit trail. */
  readonly decision: string;
}

/**
 * The first mechanism that can be asked for settles the status, as in JBoss (jboss-facts §6.4); fields of the others go with
 * a 401. Where a form or another place is second, the 401 page leads to it. Only GET and HEAD are parked: the body of anything else would be lost.
 * Where nothing can be asked for, the answer is 403: a 401 needs a challenge (RFC 9110 §15.5.2).
 */
export async function challenge(options: ChallengeOptions, on: Challenged): Promise<FastifyReply> {
  const { first, hasForm, hasHeaders, headers, probe, elsewhere } = challengesOf(options.mechanisms, on.facts);
  const hasPage = hasForm || probe !== undefined;
  const isRepeatable = on.request.method === 'GET' || on.request.method === 'HEAD';
  const mayPark = (hasPage || elsewhere.length > 0) && isRepeatable;
  if (mayPark && first !== 'header') {
    const [only] = hasPage ? [] : elsewhere;
    return on.reply.header('cache-control', 'no-store').redirect(await park(options, on, only?.path), 303);
  }
  if (!hasHeaders) return sendPage(on.reply, 403, signInFirstPage(on.decision));
  on.reply.headers(headers);
  return sendPage(on.reply, 401, unauthenticatedPage(on.decision, mayPark ? await park(options, on) : undefined));
}

/** The path of the sign-in page for this request, or the one that is asked for. */
async function park(options: ChallengeOptions, on: Challenged, elsewhere?: string): Promise<string> {
  const { application } = options;
  const parked = await options.parking.park(on, {
    domain: application.securityDomain,
    entrance: application.entrance,
    application: application.name,
    resumePath: continuePath,
    state: `${on.target.encoded}${on.target.query}`,
  });
  return elsewhere === undefined ? signInPath(parked) : pathWithParked(elsewhere, parked);
}

function page(title: string, text: Html, decision: string): Page {
  return {
    title: `${title} – Gatehouse`,
    body: html`<h1>${title}</h1>${text}<p class="soft">Decision ${decision}</p>`,
  };
}

function unauthenticatedPage(decision: string, signInPath: string | undefined): Page {
  const form = signInPath !== undefined && html`<p><a href="${signInPath}">Use the sign-in page</a></p>`;
  const text = html`<p class="alert" role="alert">Your user name and password are needed to see this page.</p>${form}`;
  return page('Not signed in', text, decision);
}

function signInFirstPage(decision: string): Page {
  const text = html`<p class="alert" role="alert">This cannot be done without signing in. Open the application, sign in, and try again.</p>`;
  return page('Not signed in', text, decision);
}

export function insecurePage(decision: string): Page {
  const text = html`<p class="alert" role="alert">This can only be done over HTTPS.</p>`;
  return page('Not over this connection', text, decision);
}
