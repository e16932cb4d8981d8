/** @module Authorization module Delegating: hands web requests to another module (jboss-facts §4.7). */
import { z } from 'zod';
import { defineAuthorizationModule } from '../../spi/authorization.ts';
import { optionText } from '../../spi/option-values.ts';
import { permissionDecision } from '../../wire/jacc-permissions.ts';

/** JBoss's delegates of its web layer, by their classes; and the short codes of the modules that decide alike. */
const webDelegates = {
  Web: ['Web', 'org.jboss.security.authorization.modules.web.WebAuthorizationModuleDelegate'],
  JACC: ['JACC', 'org.jboss.security.authorization.modules.web.WebJACCPolicyModuleDelegate'],
} as const;
type WebDelegate = keyof typeof webDelegates;
const xacmlDelegate = 'org.jboss.security.authorization.modules.web.WebXACMLPolicyModuleDelegate';

/** `WEB=…,EJB=…`. What stands under EJB has no meaning: there are no enterprise beans here. */
const delegateMap = optionText.transform((text, issues): WebDelegate => {
  let web: WebDelegate = 'Web';
  for (const pair of text.split(',').map((one) => one.trim())) {
    const [layer, name] = pair.split('=').map((part) => part.trim());
    if (layer === 'EJB' && name !== undefined && name !== '') continue;
    if (layer !== 'WEB' || name === undefined) {
      issues.addIssue({ code: 'custom', message: 'must be WEB=delegate, EJB=delegate or both with a comma' });
      return z.NEVER;
    }
    const known = delegateNamed(name);
    if (known === undefined) {
      const later = name === 'XACML' || name === xacmlDelegate;
      const message = later
        ? `the delegate ${name} is not in this version: there is no XACML`
        : `unknown delegate "${name}" for WEB (known: Web, JACC and their classes)`;
      issues.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    web = known;
  }
  return web;
});

function delegateNamed(name: string): WebDelegate | undefined {
  if (webDelegates.Web.some((known) => known === name)) return 'Web';
  return webDelegates.JACC.some((known) => known === name) ? 'JACC' : undefined;
}

const options = z.strictObject({
  delegateMap: delegateMap
    .optional()
    .describe("Who decides for which layer: `WEB=Web` or `WEB=JACC`, or JBoss's classes of these. Default: `WEB=Web`."),
});

export const delegating = defineAuthorizationModule({
  code: 'Delegating',
  summary: 'Hands web requests to the delegate for the web layer. What a domain has that says nothing itself.',
  options,
  create({ delegateMap: web = 'Web' }, services) {
    return {
      async authorize(request) {
        const decision = services.constraints(request);
        return web === 'JACC' ? permissionDecision(request, decision) : decision;
      },
    };
  },
});
