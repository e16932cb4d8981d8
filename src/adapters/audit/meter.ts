/** @module Counts of audit records by provider: how many were written, how many failed, how many are on their way. */
import type { AuditMeter } from '../../spi/audit-policy.ts';

export interface AuditCounts {
  readonly provider: string;
  readonly written: number;
  readonly failed: number;
  readonly waiting: number;
}

export interface CountingMeter extends AuditMeter {
  counts(): readonly AuditCounts[];
}

/** Two providers of one code are counted together: there are as many as codes in the catalogue. */
export function createAuditMeter(): CountingMeter {
  const counts = new Map<string, AuditCounts>();

  function change(provider: string, field: 'written' | 'failed' | 'waiting', by: number): void {
    const known = counts.get(provider) ?? { provider, written: 0, failed: 0, waiting: 0 };
    counts.set(provider, { ...known, [field]: known[field] + by });
  }

  return {
    begun: (provider) => change(provider, 'waiting', 1),
    ended(provider, result) {
      change(provider, 'waiting', -1);
      change(provider, result, 1);
    },
    counts: () => [...counts.values()],
  };
}
