/** @module The second page of a sign-in: asks for the code of an authenticator. */
import { html } from '../../http/html.ts';
import type { Page } from '../../http/page.ts';
import type { Refusal } from './sign-in-page.ts';

export interface OneTimeCodePage {
  readonly action: string;
  readonly csrf: string;
  /** Name and password of the first page, sealed. */
  readonly leg: string;
  readonly username: string;
  readonly refusal: Refusal | undefined;
}

export const legField = 'leg';
export const codeField = 'one_time_code';

/** Room for a recovery code with blanks between its digits. */
export const maxCodeCharacters = 64;

/** WCAG 2.2: the field has a label and a description (1.3.1, 3.3.2), its purpose (1.3.5), its error (3.3.1), and can be pasted into (3.3.8). */
export function oneTimeCodePage({ action, csrf, leg, username, refusal }: OneTimeCodePage): Page {
  const alert =
    refusal !== undefined &&
    html`<div class="alert" role="alert" id="refusal"><p>${refusal.text}</p><p class="soft">Decision ${refusal.decision}</p></div>`;
  const described = refusal === undefined ? 'hint' : 'refusal hint';
  const invalid = refusal !== undefined && html` aria-invalid="true"`;
  return {
    title: refusal === undefined ? 'One-time code – Gatehouse' : 'Not signed in – Gatehouse',
    body: html`<h1>One-time code</h1><p>Signing in as <strong>${username}</strong></p>${alert}<form method="post" action="${action}"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="${legField}" value="${leg}"><label for="code">Code from your authenticator</label><input id="code" name="${codeField}" type="text" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" autocorrect="off" spellcheck="false" required autofocus maxlength="${maxCodeCharacters}" aria-describedby="${described}"${invalid}><p class="soft" id="hint">Without your authenticator at hand, type one of your recovery codes.</p><button type="submit">Sign in</button></form><p><a href="${action}">Begin again</a></p>`,
  };
}
