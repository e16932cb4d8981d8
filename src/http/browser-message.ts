/** @module A message that a browser carries to a partner: by a redirect, or by a form that sends itself. */
import type { FastifyReply } from 'fastify';
import { type Html, html } from './html.ts';
import { sendPage } from './page.ts';

/** Structurally the engine's `BrowserMessage`. */
export type CarriedMessage =
  | { readonly method: 'GET'; readonly url: string }
  | { readonly method: 'POST'; readonly url: string; readonly fields: Readonly<Record<string, string>> };

/** Allowed by its hash in the policy. Without scripts the button does the same. */
export const submitScript = 'document.forms[0].submit()';

export function sendBrowserMessage(reply: FastifyReply, message: CarriedMessage, name: string): FastifyReply {
  if (message.method === 'GET') return reply.header('cache-control', 'no-store').redirect(message.url, 303);
  return sendPage(reply, 200, {
    title: 'Going on – Gatehouse',
    script: submitScript,
    postsAbroad: true,
    body: html`<h1>Going on to ${name}</h1>${formOf(message)}`,
  });
}

export function formOf(message: Extract<CarriedMessage, { readonly method: 'POST' }>): Html {
  const fields = Object.entries(message.fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="${message.url}">${fields}<p class="soft">If nothing happens, press the button.</p><button type="submit">Go on</button></form>`;
}
