/** @module Builds audit trails out of the lists of providers in the configuration. */
import { systemTimers } from '../adapters/system-clock.ts';
import type { Catalog } from '../catalog.ts';
import type { AuditConfiguration, Configuration } from '../config/configuration.ts';
import { withAuditPolicy } from '../engine/audit-policy.ts';
import { type AuditTrail, createAuditTrail } from '../engine/audit-trail.ts';
import type { AuditProvider, AuditServices } from '../spi/audit.ts';
import type { AuditMeter } from '../spi/audit-policy.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import { found } from './catalog-answers.ts';
import { type Closers, closedOnFailure } from './closers.ts';

export interface AuditTrailsParts {
  readonly configuration: Pick<Configuration, 'node'>;
  readonly catalog: Pick<Catalog, 'auditProviders'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly auditServices: AuditServices;
  /** Told everything, beside the providers that are configured. Whoever has made them closes them. */
  readonly metrics: { readonly provider: AuditProvider; readonly meter: AuditMeter };
  readonly closers: Closers;
}

/** One trail for one list of providers, so that domains without a list of their own share the server's. */
export function createTrails(
  parts: AuditTrailsParts,
): (providers: readonly AuditConfiguration[]) => Promise<AuditTrail> {
  const built = new Map<readonly AuditConfiguration[], AuditTrail>();
  const { clock, random } = parts;
  // It counts for every trail, and for those of the next configuration.
  const metrics: AuditProvider = { record: parts.metrics.provider.record, close: async () => undefined };
  const watch = { timers: systemTimers, logger: parts.logger, meter: parts.metrics.meter };
  return async (configured) => {
    const known = built.get(configured);
    if (known !== undefined) return known;
    const providers = await closedOnFailure(async (closers) => {
      const opened: AuditProvider[] = [metrics];
      for (const { options, place, ...settings } of configured) {
        const { code } = settings;
        const factory = found(parts.catalog.auditProviders.find(code), code);
        const provider = await factory.create(options, parts.auditServices);
        const watched = withAuditPolicy(provider, { ...settings, place: `${place.file}:${place.line}`, ...watch });
        opened.push(closers.add(watched, (open) => open.close()));
      }
      return opened;
    });
    const trail = createAuditTrail({ providers, node: parts.configuration.node, clock, random });
    built.set(
      configured,
      parts.closers.add(trail, (open) => open.close()),
    );
    return trail;
  };
}
