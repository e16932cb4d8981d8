/** @module What the decision of an application's constraints is in the words of JACC (JSR 115 §3.1.3, §4.1). */
import type { AuthorizationDecision, AuthorizationRequest } from '../spi/authorization.ts';

/** Denials that the web layer answers otherwise than with a no: their words must stay as they are. */
const answered: readonly string[] = ['transport', 'not-authenticated'];

/** The same decision, its reason with the permission that was looked for: user data for the transport, web resource for the rest. */
export function permissionDecision(
  { path, method, confidential }: AuthorizationRequest,
  decision: AuthorizationDecision,
): AuthorizationDecision {
  if (answered.includes(decision.reason)) return decision;
  const permission = `WebResourcePermission ${path} ${method}`;
  const transport = `WebUserDataPermission ${path} ${method}:${confidential ? 'CONFIDENTIAL' : 'NONE'}`;
  return {
    ...decision,
    reason:
      decision.decision === 'permit'
        ? `${decision.reason}: ${transport}; ${permission}`
        : `${decision.reason}: ${permission}`,
  };
}
