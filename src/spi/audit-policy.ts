/** @module What becomes of an event that a provider cannot record, and who is told of it. */

/** `refuse`: what cannot be recorded does not happen. `continue`: it happens, and the log and the metrics say so. */
export const auditFailurePolicies = ['refuse', 'continue'] as const;
export type AuditFailurePolicy = (typeof auditFailurePolicies)[number];

/** Told of each record. `provider`: the code of one in the catalogue. */
export interface AuditMeter {
  begun(provider: string): void;
  ended(provider: string, result: 'written' | 'failed'): void;
}
