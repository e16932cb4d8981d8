/** @module The audit trail: every event to every provider, before anything that follows from it happens. */
import type { AuditEvent, AuditProvider } from '../spi/audit.ts';
import type { Clock, Random } from '../spi/clock.ts';
import { newId } from './decision-id.ts';

export interface AuditTrailOptions {
  readonly providers: readonly AuditProvider[];
  /** Name of this server in the records. */
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
}

export interface AuditTrail {
  /**
   * Resolves when every provider has the event. All are asked even when one fails.
   * @throws ERR_AUDIT_UNAVAILABLE when one could not record it: what was to be audited must then not happen
   */
  record(event: Omit<AuditEvent, 'id' | 'at' | 'node'>): Promise<AuditEvent>;
  /** Closes every provider, once. */
  close(): Promise<void>;
}

export function createAuditTrail({ providers, node, clock, random }: AuditTrailOptions): AuditTrail {
  let closing: Promise<void> | undefined;

  /** Asks all of them, and then fails with the first failure. */
  async function each(work: (provider: AuditProvider) => Promise<void>): Promise<void> {
    const results = await Promise.allSettled(providers.map(async (provider) => await work(provider)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  return {
    async record(event) {
      const recorded: AuditEvent = { ...event, id: newId(clock, random), at: Math.floor(clock.now()), node };
      await each((provider) => provider.record(recorded));
      return recorded;
    },
    close() {
      closing ??= each((provider) => provider.close());
      return closing;
    },
  };
}
