/** @module The page for somebody whom the identity provider knows and the security domain does not let in. */
import { html } from '../../http/html.ts';
import type { Page } from '../../http/page.ts';

export function deniedPage(application: string, decision: string): Page {
  return {
    title: 'Not signed in – Gatehouse',
    body: html`<h1>You may not sign in here</h1><p class="alert" role="alert">Your organization has vouched for you, but ${application} is not open to you. If it should be, ask its owner.</p><p class="soft">Decision ${decision}</p>`,
  };
}
