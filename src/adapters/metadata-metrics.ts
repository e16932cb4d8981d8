/** @module Metrics of SAML metadata: how old it is, how long it is good for, how often it could not be refreshed. */
import type { OpenMetricsContentType, Registry } from 'prom-client';

/** Of one source in the configuration; its name is what the configuration names. */
export interface MetadataReading {
  readonly name: string;
  readonly partners: number;
  readonly failures: number;
  /** Instants, milliseconds since the epoch; absent while there is none. */
  readonly fetchedAt?: number;
  readonly validUntil?: number;
}

export async function registerMetadataMetrics(
  registry: Registry<OpenMetricsContentType>,
  readings: () => readonly MetadataReading[],
  now: () => number,
): Promise<void> {
  const { Counter, Gauge } = await import('prom-client');
  const shared = { labelNames: ['source' as const], registers: [registry] };
  const gauge = (name: string, help: string, value: (reading: MetadataReading) => number | undefined) =>
    new Gauge({
      ...shared,
      name,
      help,
      collect() {
        this.reset();
        for (const reading of readings()) {
          const set = value(reading);
          if (set !== undefined) this.set({ source: reading.name }, set);
        }
      },
    });
  gauge('gatehouse_saml_metadata_age_seconds', 'Since a source of metadata last answered.', ({ fetchedAt }) =>
    fetchedAt === undefined ? undefined : Math.max(0, now() - fetchedAt) / 1000,
  );
  gauge('gatehouse_saml_metadata_valid_seconds', 'Until the metadata of a source runs out.', ({ validUntil }) =>
    validUntil === undefined ? undefined : (validUntil - now()) / 1000,
  );
  gauge('gatehouse_saml_metadata_partners', 'Partners that a source has in force.', ({ partners }) => partners);
  new Counter({
    ...shared,
    name: 'gatehouse_saml_metadata_failures_total',
    help: 'Attempts to read a source of metadata that failed.',
    collect() {
      this.reset();
      for (const { name, failures } of readings()) this.inc({ source: name }, failures);
    },
  });
}
