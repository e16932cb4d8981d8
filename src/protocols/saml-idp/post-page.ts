/** @module The page that carries a message to a partner by the HTTP-POST binding (saml-bindings §3.5). */
import { html } from '../../http/html.ts';
import type { Page } from '../../http/page.ts';
import type { Answer } from './answer.ts';

/** Allowed by its hash in the policy. Without scripts the button does the same. */
const autoPost = 'document.forms[0].submit()';

export function postPage(answer: Answer, partnerName: string): Page {
  const message = Buffer.from(answer.xml, 'utf8').toString('base64');
  return {
    title: 'Going on – Gatehouse',
    script: autoPost,
    postsAbroad: true,
    body: html`<h1>Going on to ${partnerName}</h1><form method="post" action="${answer.acsUrl}"><input type="hidden" name="SAMLResponse" value="${message}">${answer.relayState !== undefined && html`<input type="hidden" name="RelayState" value="${answer.relayState}">`}<p class="soft">If nothing happens, press the button.</p><button type="submit">Go on</button></form>`,
  };
}
