/** @module A security domain on a fake clock with an auditor that can be read. */
import { createAuditTrail } from '../../src/engine/audit-trail.ts';
import {
  createSecurityDomain,
  type SecurityDomainOptions,
  type StackModule,
} from '../../src/engine/security-domain.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';

export function openDomain(modules: readonly StackModule[], changes: Partial<SecurityDomainOptions> = {}) {
  const clock = createFakeClock();
  const random = createFakeRandom();
  const auditor = createRecordingAuditor();
  const domain = createSecurityDomain({
    name: 'other',
    modules,
    audit: createAuditTrail({ providers: [auditor], node: 'node-1', clock, random }),
    clock,
    random,
    configRevision: 'r1',
    defaultDeadlineMs: 100,
    timers: clock.timers,
    ...changes,
  });
  return { domain, clock, auditor };
}
