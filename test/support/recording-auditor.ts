/** @module An audit provider that keeps its records, and fails when it is told to. */
import type { AuditEvent, AuditProvider } from '../../src/spi/audit.ts';
import { GatehouseError } from '../../src/spi/errors.ts';

export interface RecordingAuditor extends AuditProvider {
  readonly events: AuditEvent[];
  /** True: every record is refused with ERR_AUDIT_UNAVAILABLE. */
  failing: boolean;
  closes: number;
}

export function createRecordingAuditor(): RecordingAuditor {
  const auditor: RecordingAuditor = {
    events: [],
    failing: false,
    closes: 0,
    async record(event) {
      if (auditor.failing) throw new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'The disk is full');
      auditor.events.push(event);
    },
    async close() {
      auditor.closes += 1;
    },
  };
  return auditor;
}
