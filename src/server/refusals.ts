/** @module Which refused requests are audited, and as what. */
import type { AuditTrail } from '../engine/audit-trail.ts';
import type { RefusedRequest } from '../http/refusal.ts';

/** What somebody sent goes into a file: enough to recognise it, not enough to fill a disk with. */
const maxNameCharacters = 200;

/**
 * Every refusal is audited, and its record's id is the decision that the error page shows. Only a path that does not exist
 * is not: scanners ask for thousands, and nothing was decided about anybody, so that page shows none.
 */
export function createRefusalRecorder(audit: AuditTrail): (refused: RefusedRequest) => Promise<string | undefined> {
  return async ({ error, route, sourceAddress }) => {
    if (error.code === 'ERR_NOT_FOUND') return undefined;
    // A message that came to us as a service provider names who has issued it.
    const partner = error.facts['partner'] ?? error.facts['issuer'];
    const event = await audit.record({
      type: /^ERR_(SAML|XML)_/.test(error.code) ? 'saml-request-refused' : 'request-refused',
      outcome: 'failure',
      reason: error.code,
      sourceAddress,
      path: route,
      ...(typeof partner === 'string' ? { application: partner.slice(0, maxNameCharacters) } : {}),
    });
    return event.id;
  };
}
