/** @module The pages of a logout: on the way from one application to the next, and what became of each. Readable without scripts. */
import type { BrowserMessage } from '../../engine/logout-messenger.ts';
import { formOf, submitScript } from '../../http/browser-message.ts';
import { html } from '../../http/html.ts';
import type { Page } from '../../http/page.ts';
import { isConfirmed, type LogoutParticipant, type LogoutRecord } from '../../spi/logout-ledger.ts';

export interface LogoutStep {
  readonly message: BrowserMessage;
  readonly participant: LogoutParticipant;
  /** Counted from 1. */
  readonly position: number;
  readonly count: number;
  /** Goes on without this application. */
  readonly skipHref: string;
  /** After so long the page goes on by itself, where scripts run. */
  readonly patienceMs: number;
}

/**
 * The browser goes to the application while this page stays: it is replaced only when the application answers. So one that
 * never answers leaves a page with a way on, and no blank window.
 */
export function stepPage({ message, participant, position, count, skipHref, patienceMs }: LogoutStep): Page {
  const goOn = `setTimeout(()=>location.replace(document.getElementById('skip').href),${patienceMs})`;
  const isForm = message.method === 'POST';
  const way = isForm
    ? formOf(message)
    : html`<p class="soft">If nothing happens: <a href="${message.url}">sign out of ${participant.title}</a>.</p>`;
  return {
    title: `Signing out (${position} of ${count}) – Gatehouse`,
    script: isForm ? `${goOn};${submitScript}` : goOn,
    postsAbroad: isForm,
    body: html`<h1>Signing out of ${participant.title}</h1><p>Your session here is over. Application ${position} of ${count} is being told.</p>${way}<p><a id="skip" href="${skipHref}">Go on without ${participant.title}</a></p>`,
  };
}

/** What a person reads about each application. */
function wordsOf({ outcome, channel }: LogoutParticipant, until: string): string {
  switch (outcome) {
    case 'confirmed':
    case 'asked-for-it':
      return 'signed out';
    case 'no-own-session':
      return 'closed with your session here';
    case 'refused':
      return 'did not sign you out';
    case 'invalid-answer':
      return 'gave an answer that cannot be trusted';
    case 'unreachable':
      return 'could not be reached';
    case 'no-answer':
      return 'did not answer';
    case 'no-endpoint':
      return 'offers no sign-out from here';
    case 'not-in-this-way':
      return 'can only be told by a browser';
    case 'pending':
      return channel === 'front' ? 'was not told' : `has not answered yet; it is told again until ${until}`;
    default:
      return outcome satisfies never;
  }
}

export function resultPage(record: LogoutRecord): Page {
  const { participants } = record;
  const until = `${new Date(record.giveUpAt).toISOString().slice(11, 16)} UTC`;
  const confirmed = participants.filter(isConfirmed).length;
  const complete = confirmed === participants.length;
  const items = participants.map((one) => html`<li><strong>${one.title}</strong>: ${wordsOf(one, until)}</li>`);
  const heading =
    record.state === 'left'
      ? complete
        ? 'You have left the application'
        : 'You may still be signed in to the application'
      : complete
        ? 'You are signed out everywhere'
        : 'You are signed out here';
  const advice =
    record.state === 'left'
      ? 'You are still signed in here, and in your other applications.'
      : complete
        ? 'Your session is over.'
        : 'Your session here is over. To be sure of the others, sign out there or close the browser.';
  const count = `${confirmed} of ${participants.length} ${participants.length === 1 ? 'application' : 'applications'} confirmed.`;
  return {
    title: `${heading} – Gatehouse`,
    body: html`<h1>${heading}</h1><p role="status">${count} ${advice}</p><ul class="apps">${items}</ul><p><a href="/">${record.state === 'left' ? 'Your applications' : 'Sign in again'}</a></p>`,
  };
}
