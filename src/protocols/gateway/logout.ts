/** @module Logout from any address of an application, as JBoss knows it: `?GLO=true` everywhere, `?LLO=true` this application only. */

/**
 * Our page, which asks before it does anything: a link or a picture anywhere must not sign anybody out. The value counts in any
 * case (jboss-facts §11.4). `undefined` for every other query.
 */
export function logoutAskedBy(query: string, application: string): string | undefined {
  if (!/[?&](?:GLO|LLO)=/.test(query)) return undefined;
  const parameters = new URLSearchParams(query);
  const isTrue = (name: string) => parameters.get(name)?.toLowerCase() === 'true';
  if (isTrue('GLO')) return '/logout?GLO=true';
  return isTrue('LLO') ? `/logout?LLO=true&application=${encodeURIComponent(application)}` : undefined;
}
