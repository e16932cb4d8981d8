import { describe, expect, it } from 'vitest';
import type { AuditTrail } from '../../src/engine/audit-trail.ts';
import { createRefusalRecorder } from '../../src/server/refusals.ts';
import type { AuditEvent } from '../../src/spi/audit.ts';
import { type ErrorCode, GatehouseError } from '../../src/spi/errors.ts';

function recorder() {
  const events: Omit<AuditEvent, 'id' | 'at' | 'node'>[] = [];
  const trail: AuditTrail = {
    async record(event) {
      events.push(event);
      return { ...event, id: 'ID', at: 0, node: 'n' };
    },
    close: async () => undefined,
  };
  const record = createRefusalRecorder(trail);
  const refuse = (code: ErrorCode, partner?: string) =>
    record({
      error: new GatehouseError(code, 'x', partner === undefined ? {} : { facts: { partner } }),
      route: '/login/:id',
      sourceAddress: '192.0.2.1',
    });
  return { events, refuse };
}

describe('a refused request', () => {
  it('is recorded under the id that its page shows, with its route', async () => {
    const { events, refuse } = recorder();
    expect(await refuse('ERR_REQUEST_FORGED')).toBe('ID');
    expect(events).toMatchObject([{ type: 'request-refused', reason: 'ERR_REQUEST_FORGED', path: '/login/:id' }]);
  });

  it('that carried a SAML message is recorded as one, under the partner', async () => {
    const { events, refuse } = recorder();
    await refuse('ERR_SAML_EXPIRED', 'urn:sp');
    await refuse('ERR_XML_FORBIDDEN');
    expect(events.map(({ type, application }) => [type, application])).toEqual([
      ['saml-request-refused', 'urn:sp'],
      ['saml-request-refused', undefined],
    ]);
  });

  it('puts no more than 200 characters of a name into the trail', async () => {
    const { events, refuse } = recorder();
    await refuse('ERR_SAML_UNKNOWN_PARTNER', 'x'.repeat(5000));
    expect(events[0]?.application).toHaveLength(200);
  });

  it('for a path that there is not leaves no record and shows no decision', async () => {
    const { events, refuse } = recorder();
    expect(await refuse('ERR_NOT_FOUND')).toBeUndefined();
    expect(events).toEqual([]);
  });
});
