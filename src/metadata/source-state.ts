/** @module What is known of a metadata source: for metrics and for `gatehouse metadata partners`. */

export interface SourceState {
  readonly name: string;
  readonly kind: 'metadata' | 'metadata-url' | 'aggregate' | 'mdq';
  /** Whether its signature is checked with a key that the administrator named. */
  readonly pinned: boolean;
  /** Where what is in force was read; absent while nothing is. */
  readonly from?: 'file' | 'url' | 'copy';
  /** When its place last said that this is what it has, milliseconds since the epoch. */
  readonly fetchedAt?: number;
  readonly validUntil?: number;
  readonly cacheDurationMs?: number;
  readonly partners: number;
  /** Since the start. */
  readonly failures: number;
  /** Why the last attempt failed; absent when it did not. */
  readonly problem?: string;
}
