/** @module The pages on which a person sets up, replaces and removes an authenticator. */
import { type Html, html } from '../../http/html.ts';
import type { Page } from '../../http/page.ts';
import type { OneTimeCodeProposal, OneTimeCodeStatus } from '../../spi/one-time-codes.ts';
import type { Secret } from '../../spi/secret.ts';

export const path = '/account/one-time-codes';

/** Rows of squares, true for dark. */
export type Squares = readonly (readonly boolean[])[];

export interface AuthenticatorPage {
  readonly user: string;
  readonly csrf: string;
  readonly status: OneTimeCodeStatus;
  readonly proposal: OneTimeCodeProposal;
  readonly squares: Squares;
  /** Where the list of applications is, if there is one. */
  readonly home: string | undefined;
  readonly refusal: { readonly text: string; readonly decision: string } | undefined;
}

/** Black on white whatever the page looks like: cameras want it so. */
function qrOf(squares: Squares): Html {
  const size = squares.length;
  const dark = squares.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])));
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code for your authenticator" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${dark.join('')}" fill="#000"/></svg>`;
}

function codeField(id: string, name: string, label: string): Html {
  return html`<label for="${id}">${label}</label><input id="${id}" name="${name}" type="text" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required maxlength="64">`;
}

function homeLink(home: string | undefined): Html | false {
  return home !== undefined && html`<p><a href="${home}">Your applications</a></p>`;
}

function grouped(secret: Secret<string>): string {
  return secret.reveal().replace(/(.{4})(?=.)/g, '$1 ');
}

export function authenticatorPage({ user, csrf, status, proposal, squares, home, refusal }: AuthenticatorPage): Page {
  const { enrolled, required, recoveryCodes } = status;
  const alert =
    refusal !== undefined &&
    html`<div class="alert" role="alert"><p>${refusal.text}</p><p class="soft">Decision ${refusal.decision}</p></div>`;
  const state = enrolled
    ? html`<p>You have an authenticator, and ${recoveryCodes} recovery ${recoveryCodes === 1 ? 'code' : 'codes'}.</p><h2>Replace it</h2>`
    : html`<p>You have no authenticator yet.</p>`;
  const current = (id: string) => enrolled && codeField(id, 'current', 'Code of the present one, or a recovery code');
  const removal =
    enrolled &&
    !required &&
    html`<h2>Remove it</h2><p>Then your password alone signs you in.</p><form method="post" action="${path}"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="action" value="remove">${current('remove-current')}<button type="submit">Remove</button></form>`;
  return {
    title: 'One-time codes – Gatehouse',
    body: html`<h1>One-time codes</h1><p class="soft">Signed in as ${user}</p>${alert}${state}<p>Scan this with your authenticator, or type the secret into it. Nobody else may see it.</p>${qrOf(squares)}<p>Secret: <code>${grouped(proposal.secret)}</code></p><form method="post" action="${path}"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="action" value="confirm"><input type="hidden" name="proposal" value="${proposal.sealed}">${current('confirm-current')}${codeField('code', 'code', 'Code of the new authenticator')}<button type="submit">Set up</button></form>${removal}${homeLink(home)}`,
  };
}

export function recoveryCodesPage(codes: readonly Secret<string>[], home: string | undefined): Page {
  const items = codes.map((code) => html`<li>${code.reveal()}</li>`);
  return {
    title: 'Recovery codes – Gatehouse',
    body: html`<h1>Your authenticator is set up</h1><p>These recovery codes are shown only now. Each signs you in once when you do not have the authenticator: print them, or keep them where you keep passwords.</p><ul class="codes">${items}</ul>${homeLink(home)}`,
  };
}

export function removedPage(home: string | undefined): Page {
  return {
    title: 'One-time codes – Gatehouse',
    body: html`<h1>Your authenticator is removed</h1><p>Your recovery codes are worth nothing now.</p><p><a href="${path}">Set up another one</a></p>${homeLink(home)}`,
  };
}
