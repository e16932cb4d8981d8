/** @module Which refused requests are audited, and as what. */
import type { AuditTrail } from '../engine/audit-trail.ts';
import { newId } from '../engine/decision-id.ts';
import type { RefusedRequest } from '../http/app.ts';
import type { Clock, Random } from '../spi/clock.ts';

/**
 * Every refusal is audited, and its record's id is the decision that the error page shows. Only a path that does not exist
 * is not: scanners ask for thousands, and nothing was decided about anybody.
 */
export function createRefusalRecorder(parts: {
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
}): (refused: RefusedRequest) => Promise<string> {
  return async ({ error, route, sourceAddress }) => {
    if (error.code === 'ERR_NOT_FOUND') return newId(parts.clock, parts.random);
    const partner = error.facts['partner'];
    const event = await parts.audit.record({
      type: /^ERR_(SAML|XML)_/.test(error.code) ? 'saml-request-refused' : 'request-refused',
      outcome: 'failure',
      reason: error.code,
      sourceAddress,
      path: route,
      ...(typeof partner === 'string' ? { application: partner } : {}),
    });
    return event.id;
  };
}
