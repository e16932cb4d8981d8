/** @module The page on which a person says where he signs in. */
import { type Html, html } from '../../http/html.ts';
import type { Page } from '../../http/page.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { choiceOf } from './remembered-choice.ts';

export interface DiscoveryPage {
  /** Where the person is going. */
  readonly application: string;
  readonly action: string;
  readonly pending: string;
  readonly providers: readonly Pick<IdentityProvider, 'entityId' | 'displayName'>[];
  /** Of the remembered choice, which comes first. */
  readonly last: string | undefined;
  /** True when there are more than are listed: those are found by their entityID. */
  readonly hasOthers: boolean;
}

export function discoveryPage(page: DiscoveryPage): Page {
  const isLast = ({ entityId }: { readonly entityId: string }) => choiceOf(entityId) === page.last;
  const sorted = [...page.providers.filter(isLast), ...page.providers.filter((one) => !isLast(one))];
  const items = sorted.map((one) => {
    const href = `${page.action}?${new URLSearchParams({ pending: page.pending, idp: one.entityId }).toString()}`;
    const note = isLast(one) && html` <span class="soft">last time</span>`;
    return html`<li><a href="${href}">${one.displayName}${note}</a></li>`;
  });
  const list = items.length > 0 && html`<ul class="apps">${items}</ul>`;
  return {
    title: 'Where do you sign in? – Gatehouse',
    // The form leads on to the identity provider by a redirect, which browsers hold to its page's policy.
    postsAbroad: page.hasOthers,
    body: html`<h1>Where do you sign in?</h1><p>to go on to <strong>${page.application}</strong></p>${list}${othersForm(page)}`,
  };
}

function othersForm({ action, pending, hasOthers, providers }: DiscoveryPage): Html | false {
  if (!hasOthers) return false;
  const label = providers.length === 0 ? 'The entityID of your organization' : 'Another organization, by its entityID';
  return html`<form method="get" action="${action}"><input type="hidden" name="pending" value="${pending}"><label for="idp">${label}</label><input id="idp" name="idp" type="text" autocapitalize="none" autocorrect="off" spellcheck="false" required maxlength="1024"><button type="submit">Go on</button></form>`;
}
