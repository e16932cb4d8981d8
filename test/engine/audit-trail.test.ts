import { describe, expect, it } from 'vitest';
import { createAuditTrail } from '../../src/engine/audit-trail.ts';
import { createFakeClock, FAKE_START } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';

function open() {
  const auditors = [createRecordingAuditor(), createRecordingAuditor()] as const;
  const clock = createFakeClock();
  const trail = createAuditTrail({ providers: auditors, node: 'node-1', clock, random: createFakeRandom() });
  return { auditors, clock, trail };
}

const event = { type: 'server-started', outcome: 'success' } as const;

describe('the audit trail', () => {
  it('gives every provider the event with its id, time and node', async () => {
    const { auditors, trail } = open();
    const recorded = await trail.record(event);
    expect(recorded).toEqual({ ...event, id: expect.stringMatching(/^[0-9A-Z]{26}$/), at: FAKE_START, node: 'node-1' });
    expect(auditors.map(({ events }) => events)).toEqual([[recorded], [recorded]]);
  });

  it('gives each event an id of its own', async () => {
    const { trail } = open();
    expect((await trail.record(event)).id).not.toBe((await trail.record(event)).id);
  });

  it('fails when one provider fails, and tells the others all the same', async () => {
    const { auditors, trail } = open();
    auditors[0].failing = true;
    await expect(trail.record(event)).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    expect(auditors[1].events).toHaveLength(1);
  });

  it('fails when a provider throws before it returns a promise', async () => {
    const trail = createAuditTrail({
      providers: [
        {
          record: () => {
            throw new TypeError('broken');
          },
          close: async () => undefined,
        },
      ],
      node: 'node-1',
      clock: createFakeClock(),
      random: createFakeRandom(),
    });
    await expect(trail.record(event)).rejects.toThrow(TypeError);
  });

  it('closes every provider once', async () => {
    const { auditors, trail } = open();
    await trail.close();
    await trail.close();
    expect(auditors.map(({ closes }) => closes)).toEqual([1, 1]);
  });
});
