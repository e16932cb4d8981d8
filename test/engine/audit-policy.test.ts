/** @module What becomes of an event when a provider fails or hangs, alone and beside others. */
import { describe, expect, it } from 'vitest';
import { createAuditMeter } from '../../src/adapters/audit/meter.ts';
import { withAuditPolicy } from '../../src/engine/audit-policy.ts';
import { createAuditTrail } from '../../src/engine/audit-trail.ts';
import type { AuditProvider } from '../../src/spi/audit.ts';
import type { AuditFailurePolicy } from '../../src/spi/audit-policy.ts';
import { auditEvent } from '../conformance/audit-provider.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { RecordingLogger } from '../support/plugin-services.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';

const unavailable = { code: 'ERR_AUDIT_UNAVAILABLE' };

/** Answers nothing until it is told to; then everything. */
class HangingAuditor implements AuditProvider {
  readonly signals: (AbortSignal | undefined)[] = [];
  readonly #released = Promise.withResolvers<void>();
  release(): void {
    this.#released.resolve();
  }
  record(_: unknown, signal?: AbortSignal): Promise<void> {
    this.signals.push(signal);
    return this.#released.promise;
  }
  async close(): Promise<void> {
    this.release();
  }
}

function open(provider: AuditProvider, onFailure: AuditFailurePolicy) {
  const clock = createFakeClock();
  const logger = new RecordingLogger();
  const meter = createAuditMeter();
  const { timers } = clock;
  const place = 'gatehouse.yaml:7';
  const policy = withAuditPolicy(provider, { code: 'File', place, onFailure, deadlineMs: 5000, timers, logger, meter });
  return { clock, logger, meter, policy };
}

/** Lets what is ready happen. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('on-failure: refuse', () => {
  it('refuses what a failing provider cannot record', async () => {
    const auditor = createRecordingAuditor();
    auditor.failing = true;
    const { policy, meter } = open(auditor, 'refuse');
    await expect(policy.record(auditEvent())).rejects.toMatchObject(unavailable);
    expect(meter.counts()).toEqual([{ provider: 'File', written: 0, failed: 1, waiting: 0 }]);
  });

  it('refuses after the deadline what a provider is still at, and calls the record back', async () => {
    const auditor = new HangingAuditor();
    const { policy, clock, meter } = open(auditor, 'refuse');
    const recording = policy.record(auditEvent());
    expect(meter.counts()).toMatchObject([{ waiting: 1 }]);
    clock.advance(5000);
    await expect(recording).rejects.toMatchObject(unavailable);
    expect(auditor.signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  it('says once in the log that it fails, and once that it has recovered', async () => {
    const auditor = createRecordingAuditor();
    const { policy, logger } = open(auditor, 'refuse');
    auditor.failing = true;
    for (let n = 0; n < 3; n += 1) await policy.record(auditEvent()).catch(() => undefined);
    auditor.failing = false;
    for (let n = 0; n < 3; n += 1) await policy.record(auditEvent());
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'an audit record cannot be written: what it tells of is refused',
      'audit records are written again',
    ]);
    expect(logger.lines[1]?.facts).toMatchObject({ lost: 3, place: 'gatehouse.yaml:7' });
  });
});

describe('on-failure: continue', () => {
  it('goes on without a record, and counts it', async () => {
    const auditor = createRecordingAuditor();
    auditor.failing = true;
    const { policy, meter, logger } = open(auditor, 'continue');
    await policy.record(auditEvent());
    await policy.record(auditEvent());
    await settle();
    expect(meter.counts()).toEqual([{ provider: 'File', written: 0, failed: 2, waiting: 0 }]);
    expect(logger.lines).toHaveLength(1);
  });

  it('waits for a provider that works', async () => {
    const auditor = new HangingAuditor();
    const { policy } = open(auditor, 'continue');
    let done = false;
    const recording = policy.record(auditEvent()).then(() => {
      done = true;
    });
    await settle();
    expect(done).toBe(false);
    auditor.release();
    await recording;
  });

  it('waits once for a provider that hangs, then no more, and writes all when it answers', async () => {
    const auditor = new HangingAuditor();
    const { policy, clock, meter } = open(auditor, 'continue');
    const first = policy.record(auditEvent());
    clock.advance(5000);
    await first;
    await policy.record(auditEvent());
    expect(auditor.signals).toEqual([undefined, undefined]);
    auditor.release();
    await settle();
    expect(meter.counts()).toEqual([{ provider: 'File', written: 2, failed: 0, waiting: 0 }]);
  });
});

describe('several providers', () => {
  async function trailOf(first: AuditFailurePolicy) {
    const [failing, working] = [createRecordingAuditor(), createRecordingAuditor()];
    failing.failing = true;
    const clock = createFakeClock();
    const providers = [open(failing, first).policy, open(working, 'refuse').policy];
    const trail = createAuditTrail({ providers, node: 'node1', clock, random: createFakeRandom() });
    return { trail, working };
  }

  it('all get the record when one fails, and one that must not fail refuses it', async () => {
    const { trail, working } = await trailOf('refuse');
    await expect(trail.record({ type: 'login', outcome: 'success' })).rejects.toMatchObject(unavailable);
    expect(working.events).toHaveLength(1);
  });

  it('go on when the one that fails may', async () => {
    const { trail, working } = await trailOf('continue');
    await trail.record({ type: 'login', outcome: 'success' });
    expect(working.events).toHaveLength(1);
  });
});
