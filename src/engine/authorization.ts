/** @module Authorization by the constraints of an application: path, method, transport and role. */
import type { AuthorizationDecision, AuthorizationRequest } from '../spi/authorization.ts';
import { createPathMatcher, isWellFormedPath, type PathConstraint } from './path-constraints.ts';

export type { PathConstraint } from './path-constraints.ts';

/** Why a request was refused. The web layer makes of them a login, a redirect to TLS, or a page that says no. */
export const denialReasons = [
  'malformed-path',
  'method-not-covered',
  'excluded',
  'transport',
  'not-authenticated',
  'role-missing',
] as const;
export type DenialReason = (typeof denialReasons)[number];

/** The constraints of one application. They abstain from nothing and ask nobody. */
export interface PathConstraints {
  authorize(request: AuthorizationRequest): AuthorizationDecision;
}

/**
 * Reads the constraints of one application. A path that no constraint selects is permitted
 * (Servlet 3.1 §13.8.3). What the constraints of the selected pattern do not say about a method is denied: the
 * behaviour of `deny-uncovered-http-methods` (§13.8.4.2), so that a constraint on GET leaves no open HEAD or DELETE.
 */
export function createPathConstraints(constraints: readonly PathConstraint[]): PathConstraints {
  const match = createPathMatcher(constraints);
  const declaredRoles = new Set(constraints.flatMap(({ roles = [] }) => roles.filter((role) => !isWildcard(role))));
  return {
    authorize(request) {
      return isWellFormedPath(request.path)
        ? evaluate(match(request.path), declaredRoles, request)
        : deny('malformed-path', undefined);
    },
  };
}

function evaluate(
  selected: readonly PathConstraint[],
  declaredRoles: ReadonlySet<string>,
  request: AuthorizationRequest,
): AuthorizationDecision {
  const [atPattern] = selected;
  if (atPattern === undefined) return { decision: 'permit', reason: 'unconstrained' };
  const applying = selected.filter(({ methods }) => methods === undefined || methods.includes(request.method));
  const [first] = applying;
  if (first === undefined) return deny('method-not-covered', atPattern);

  // §13.8.1: a constraint that names no role excludes everybody, whatever the others of its pattern allow. It comes before
  // the transport: a redirect to TLS would only lead to the same refusal.
  const excluding = applying.find(({ roles }) => roles?.length === 0);
  if (excluding !== undefined) return deny('excluded', excluding);
  // The transports that the constraints accept add up, so it takes all of them to demand TLS.
  if (!request.confidential && applying.every(({ transport }) => transport === 'confidential')) {
    return deny('transport', first);
  }
  const open = applying.find(({ roles }) => roles === undefined);
  if (open !== undefined) return permit('open', open);
  const held = request.roles;
  if (held === undefined) return deny('not-authenticated', first);
  for (const constraint of applying) {
    const role = sufficientRole(constraint.roles ?? [], held, declaredRoles);
    if (role !== undefined) return permit(role === '**' ? 'authenticated' : `role ${role}`, constraint);
  }
  return deny('role-missing', first);
}

/** The role that lets somebody in, `**` where being authenticated does. */
function sufficientRole(
  allowed: readonly string[],
  held: readonly string[],
  declaredRoles: ReadonlySet<string>,
): string | undefined {
  if (allowed.includes('**')) return '**';
  if (allowed.includes('*')) return declaredRoles.size === 0 ? '**' : held.find((role) => declaredRoles.has(role));
  return held.find((role) => allowed.includes(role));
}

function isWildcard(role: string): boolean {
  return role === '*' || role === '**';
}

function permit(reason: string, { place }: PathConstraint): AuthorizationDecision {
  return { decision: 'permit', reason, ...(place === undefined ? {} : { place }) };
}

function deny(reason: DenialReason, constraint: PathConstraint | undefined): AuthorizationDecision {
  const place = constraint?.place;
  return { decision: 'deny', reason, ...(place === undefined ? {} : { place }) };
}
