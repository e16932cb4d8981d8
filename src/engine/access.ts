/** @module May this caller do this: the constraints of the application first, then the authorization stack of its domain. */
import type { AuthorizationRequest } from '../spi/authorization.ts';
import type { PathConstraints } from './authorization.ts';
import type { AuthorizationResult, AuthorizationStack } from './authorization-stack.ts';

/** What stands in traces for the application's own constraints. */
const constraintsCode = 'PathConstraints';

export interface Access {
  readonly constraints: PathConstraints;
  readonly stack: AuthorizationStack;
}

/**
 * The order is JBoss's (jboss-facts §4.4): the container checks constraints, and only what they permit comes before the
 * authorization modules of the domain. So no list of modules opens what the constraints close.
 */
export async function decideAccess(
  { constraints, stack }: Access,
  request: AuthorizationRequest,
): Promise<AuthorizationResult> {
  const own = constraints.authorize(request);
  const step = { code: constraintsCode, ...own };
  if (own.decision !== 'permit') return { decision: 'deny', reason: own.reason, steps: [step] };
  const result = await stack.authorize(request);
  return { ...result, steps: [step, ...result.steps] };
}
