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
  return sendForm(reply, message, name);
}

/**
 * The same where a form of ours may have led here: browsers hold a redirect that follows a form to that page's `form-action`
 * (CSP Level 3 §6.4.1), which is our own origin. A page that goes on by itself begins anew.
 */
export function sendBrowserMessageAfterForm(reply: FastifyReply, message: CarriedMessage, name: string): FastifyReply {
  if (message.method === 'POST') return sendForm(reply, message, name);
  return sendPage(reply.header('refresh', `0;url=${message.url}`), 200, {
    title: 'Going on – Gatehouse',
    body: html`<h1>Going on to ${name}</h1><p class="soft">If nothing happens, follow the link.</p><p><a href="${message.url}">Go on</a></p>`,
  });
}

function sendForm(reply: FastifyReply, message: Extract<CarriedMessage, { readonly method: 'POST' }>, name: string) {
  return sendPage(reply, 200, {
    // As an entity: one character beyond Latin-1 would make two bytes of each of the message, and slow what writes it.
    title: html`Going on &ndash; Gatehouse`,
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
