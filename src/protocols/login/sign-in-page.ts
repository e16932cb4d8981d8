/** @module The sign-in page and the sign-out page: what a person sees while he proves who he is. */
import { type Html, html } from '../../http/html.ts';
import type { Page } from '../../http/page.ts';

export interface Refusal {
  readonly text: string;
  readonly decision: string;
}

export interface SignInPage {
  /** Absent where no mechanism reads a form. */
  readonly form:
    | {
        readonly action: string;
        readonly csrf: string;
        /** Typed before; shown again so that a slip in the password costs no second typing of the name. */
        readonly username: string | undefined;
      }
    | undefined;
  /** Where else the person can prove who he is. */
  readonly elsewhere?: readonly { readonly href: string; readonly label: string }[];
  /** Where the desktop's own account is tried; absent where it is not to be. */
  readonly desktop: string | undefined;
  /** A mechanism takes the desktop's own account at all. */
  readonly hasDesktop: boolean;
  /** Where the person is going, as its owner calls it. */
  readonly application: string | undefined;
  readonly refusal: Refusal | undefined;
}

function refusalOf({ refusal }: SignInPage): Html | false {
  if (refusal === undefined) return false;
  return html`<div class="alert" role="alert" id="refusal"><p>${refusal.text}</p><p class="soft">Decision ${refusal.decision}</p></div>`;
}

/** WCAG 2.2: labels tied to fields (1.3.1), purpose by autocomplete (1.3.5), the error named and tied to the fields (3.3.1). */
function formOf({ form, refusal, hasDesktop, elsewhere = [] }: SignInPage): Html | false {
  if (form === undefined) {
    if (elsewhere.length > 0) return false;
    const text = hasDesktop
      ? 'Only the account of your desktop is taken here, and your browser has not sent it.'
      : 'Your browser asks for your user name and password.';
    return html`<p>${text}</p>`;
  }
  const described = refusal !== undefined && html` aria-describedby="refusal" aria-invalid="true"`;
  return html`<form method="post" action="${form.action}"><input type="hidden" name="csrf" value="${form.csrf}"><label for="username">User name</label><input id="username" name="j_username" type="text" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" required maxlength="1024" value="${form.username ?? ''}"${described}><label for="password">Password</label><input id="password" name="j_password" type="password" autocomplete="current-password" required maxlength="4096"${described}><button type="submit">Sign in</button></form>`;
}

function linksOf({ elsewhere = [] }: SignInPage): readonly Html[] {
  return elsewhere.map(({ href, label }) => html`<p><a href="${href}">${label}</a></p>`);
}

export function signInPage(page: SignInPage): Page {
  const destination = page.application !== undefined && html`<p>to go on to <strong>${page.application}</strong></p>`;
  const desktop =
    page.desktop !== undefined && html`<p><a href="${page.desktop}">Use the account of this desktop</a></p>`;
  return {
    title: page.refusal === undefined ? 'Sign in – Gatehouse' : 'Not signed in – Gatehouse',
    body: html`<h1>Sign in</h1>${destination}${refusalOf(page)}${formOf(page)}${desktop}${linksOf(page)}`,
  };
}

/** Allowed by its hash in the policy. In the place of the page in the history: going back must not ask again. */
const goOnScript = "location.replace(document.getElementById('on').href)";

/** RFC 4559 has the proof of who we are on a 200: browsers do not look for it on a redirect. */
export function goingOnPage(location: string, other: string, principal: string): Page {
  return {
    title: 'Signed in – Gatehouse',
    script: goOnScript,
    body: html`<h1>Signed in as ${principal}</h1><p class="soft">By the account of this desktop. If nothing happens, follow the link.</p><p><a id="on" href="${location}">Go on</a></p><p><a href="${other}">Use another account</a></p>`,
  };
}

export function signOutPage(csrf: string, principal: string): Page {
  return {
    title: 'Sign out – Gatehouse',
    body: html`<h1>Sign out everywhere?</h1><p>You are signed in as <strong>${principal}</strong>. Every application that you opened is told.</p><form method="post" action="/logout"><input type="hidden" name="csrf" value="${csrf}"><button type="submit">Sign out</button></form>`,
  };
}

export function leavePage(csrf: string, principal: string, application: string): Page {
  return {
    title: 'Leave an application – Gatehouse',
    body: html`<h1>Leave ${application}?</h1><p>You stay signed in here as <strong>${principal}</strong>, and in your other applications.</p><form method="post" action="/logout"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="LLO" value="true"><input type="hidden" name="application" value="${application}"><button type="submit">Leave</button></form>`,
  };
}

export const signedOutPage: Page = {
  title: 'Signed out – Gatehouse',
  body: html`<h1>You are signed out here</h1><p>Applications that you opened may still know you until you sign out of them or close the browser.</p><p><a href="/">Sign in again</a></p>`,
};
