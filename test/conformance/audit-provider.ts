/** @module What every audit provider does, wherever its records go. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent, AuditProvider } from '../../src/spi/audit.ts';
import { decisionTrace, moduleStep } from '../support/decision-trace.ts';
import { hostileNames } from '../support/plugin-evidence.ts';

export interface AuditProviderHarness {
  readonly provider: AuditProvider;
  /** The records as they lie in the store, each as one text. */
  records(): Promise<readonly string[]>;
}

export function auditEvent(changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: '01KE000000000000000000000A',
    at: 1_767_225_600_000,
    type: 'login',
    node: 'node-1',
    outcome: 'failure',
    reason: 'bad-credential',
    domain: 'other',
    principal: 'alice',
    ...changes,
  };
}

/** With every field that an event can have. */
const wholeEvent: Required<AuditEvent> = {
  id: '01KE000000000000000000000B',
  at: 1_767_225_600_001,
  type: 'authorization',
  node: 'node-1',
  outcome: 'failure',
  reason: 'not-permitted',
  domain: 'other',
  principal: 'alice',
  sourceAddress: '192.0.2.1',
  application: 'shop',
  path: '/secure/x',
  key: '0123456789abcdef',
  decision: '01ARYZ6S41ZZZZZZZZZZZZZZZZ',
  mapping: [{ type: 'role', code: 'DeploymentRoles', before: ['all'], after: ['AB'] }],
  authorization: [
    { code: 'PathConstraints', decision: 'deny', reason: 'no role', place: { file: 'gatehouse.yaml', line: 31 } },
  ],
  trace: decisionTrace({ modules: [moduleStep()] }),
};

/** What a provider adds is for readers: the time in words. */
function eventOf(record: string): unknown {
  const { time: _time, ...event } = JSON.parse(record);
  return event;
}

/** @param burst events at once; fewer for a transport that drops what its receiver is too slow for. */
export function auditProviderConformance(name: string, open: () => Promise<AuditProviderHarness>, burst = 200): void {
  describe(`${name} as an AuditProvider`, () => {
    let harness: AuditProviderHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.provider.close());

    it('has recorded an event when it says so', async () => {
      await harness.provider.record(auditEvent());
      const records = await harness.records();
      expect(records.map(eventOf)).toEqual([auditEvent()]);
    });

    it('records every field of an event', async () => {
      await harness.provider.record(wholeEvent);
      expect((await harness.records()).map(eventOf)).toEqual([wholeEvent]);
    });

    it('keeps the order in which events came', async () => {
      const ids = Array.from({ length: burst }, (_, index) => `event-${index}`);
      await Promise.all(ids.map((id) => harness.provider.record(auditEvent({ id }))));
      const records = await harness.records();
      expect(records.map((record) => JSON.parse(record).id)).toEqual(ids);
    });

    for (const [what, principal] of [
      ...hostileNames,
      ['line separators', 'a\u2028{"forged":true}\u2029\u0085b'],
      ['terminal controls', '\u001b[2J\u009b2J\u007f'],
    ] as const) {
      it(`makes one plain record of a principal with ${what}`, async () => {
        await harness.provider.record(auditEvent({ principal }));
        const records = await harness.records();
        expect(records.map((record) => JSON.parse(record).principal)).toEqual([principal]);
        expect(records.join()).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      });
    }

    it('writes nothing that is not part of an audit event', async () => {
      const event = { ...auditEvent(), password: 'correct horse' };
      await harness.provider.record(event);
      expect((await harness.records()).join()).not.toContain('correct horse');
    });

    it('says that it cannot when it is closed', async () => {
      await harness.provider.close();
      await expect(harness.provider.record(auditEvent())).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    });

    it('can be closed twice', async () => {
      await harness.provider.close();
      await expect(harness.provider.close()).resolves.toBeUndefined();
    });
  });
}
