/** @module What an audit provider is given in tests: whatever it needs, and a plain refusal for the rest. */
import type { AuditServices } from '../../src/spi/audit.ts';
import type { AuditMeter } from '../../src/spi/audit-policy.ts';
import { silentLogger } from './audit-files.ts';

const absent = () => Promise.reject(new Error('this test has no such place'));

export function auditServices(parts: Partial<AuditServices>): AuditServices {
  return {
    openFile: absent,
    openSyslog: absent,
    openRedisStream: absent,
    logger: silentLogger,
    hostName: 'host.example',
    processId: 42,
    ...parts,
  };
}

export const silentMeter: AuditMeter = { begun: () => undefined, ended: () => undefined };
