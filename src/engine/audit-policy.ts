/** @module What an audit provider that fails does to what it should have recorded, and how long it is waited for. */
import type { AuditProvider } from '../spi/audit.ts';
import type { AuditFailurePolicy, AuditMeter } from '../spi/audit-policy.ts';
import type { Timers } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import { withDeadline } from './deadline.ts';

export interface AuditPolicyOptions {
  readonly code: string;
  /** `gatehouse.yaml:12`, for the log. */
  readonly place: string;
  readonly onFailure: AuditFailurePolicy;
  readonly deadlineMs: number;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly meter: AuditMeter;
}

/**
 * With `refuse` a record that is not there in time is called back, so that none tells of what was refused. With `continue`
 * a provider is waited for while it works; after a failure its records wait in its own queue, and nobody waits for them until one
 * has been written.
 */
export function withAuditPolicy(provider: AuditProvider, options: AuditPolicyOptions): AuditProvider {
  const { code, place, onFailure, deadlineMs, timers, logger, meter } = options;
  let lost = 0;
  let failing = false;

  function note(fault: GatehouseError | undefined): void {
    meter.ended(code, fault === undefined ? 'written' : 'failed');
    if (fault !== undefined) {
      lost += 1;
      if (!failing) logger.error({ provider: code, place, onFailure, ...fault.facts }, sentences[onFailure]);
    } else if (failing) {
      logger.warn({ provider: code, place, lost }, 'audit records are written again');
      lost = 0;
    }
    failing = fault !== undefined;
  }

  /** Records and notes how it went. @throws ERR_AUDIT_UNAVAILABLE */
  async function noted(work: Promise<void>): Promise<void> {
    const fault = await faultOf(work);
    note(fault);
    if (fault !== undefined) throw fault;
  }

  return {
    async record(event) {
      meter.begun(code);
      if (onFailure === 'refuse') {
        return noted(withDeadline(timers, deadlineMs, (signal) => provider.record(event, signal)));
      }
      const recording = noted(provider.record(event));
      // Where nobody waits for it, its failure has been noted; anything else is a bug.
      recording.catch((error: unknown) => {
        if (!(error instanceof GatehouseError))
          logger.error({ err: error, provider: code, place }, 'an audit provider failed');
      });
      if (failing) return;
      const late = await faultOf(withDeadline(timers, deadlineMs, () => recording));
      if (late !== undefined && !failing) {
        failing = true;
        logger.error({ provider: code, place, onFailure, ...late.facts }, sentences[onFailure]);
      }
    },
    close: () => provider.close(),
  };
}

const sentences: Readonly<Record<AuditFailurePolicy, string>> = {
  refuse: 'an audit record cannot be written: what it tells of is refused',
  continue: 'an audit record cannot be written: what it tells of goes on without it',
};

async function faultOf(work: Promise<void>): Promise<GatehouseError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    if (error.code === 'ERR_AUDIT_UNAVAILABLE') return error;
    if (error.code !== 'ERR_DEADLINE_EXCEEDED') throw error;
    const facts = { ...error.facts, reason: 'no answer in time' };
    return new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'an audit record cannot be written', { cause: error, facts });
  }
}
