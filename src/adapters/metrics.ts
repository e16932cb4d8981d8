/** @module Metrics in OpenMetrics text (prom-client): audit events counted, logins timed, the process observed. */
import type { OpenMetricsContentType } from 'prom-client';
import type { AuditEvent, AuditProvider } from '../spi/audit.ts';
import type { AuditMeter } from '../spi/audit-policy.ts';
import type { Clock } from '../spi/clock.ts';
import { type CountingMeter, createAuditMeter } from './audit/meter.ts';
import { type KeyReadings, registerKeyMetrics } from './key-metrics.ts';
import { type MetadataReading, registerMetadataMetrics } from './metadata-metrics.ts';

/** Distinct values of one label. Each combination is a time series that Prometheus keeps; a house has fewer domains and reasons. */
export const maxLabelValues = 100;

/** Events kept until the library is loaded. A few hundred bytes each; beyond it loading is cheaper than keeping. */
export const maxKeptEvents = 1000;

/** What a value beyond the limit is counted as, and text that is no constant word. */
const otherValue = 'other';

/** Domains, types, reasons and error codes are words of this form; anything else came from outside. */
const wordPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Seconds: properties files answer within the first, Argon2id and LDAP within the middle, the last is the module deadline. */
const loginBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const contentType: OpenMetricsContentType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export interface Metrics {
  /** Counts what the audit trail records, so that a number and its records can never disagree. It never refuses an event. */
  readonly provider: AuditProvider;
  /** Counts how the records fared at the other providers. */
  readonly meter: AuditMeter;
  /** OpenMetrics 1.0: only there can a bucket name the decision that fell into it. */
  readonly contentType: string;
  /** Sources of SAML metadata to be read whenever somebody asks for the text. */
  watchMetadata(readings: () => readonly MetadataReading[], clock: Clock): void;
  /** Our SAML keys, likewise. */
  watchKeys(readings: KeyReadings, clock: Clock): void;
  text(): Promise<string>;
}

/** What is counted of an event. The trace itself is not held on to. */
type Counted = Pick<AuditEvent, 'type' | 'outcome' | 'reason' | 'domain'> & {
  readonly login?: { readonly outcome: string; readonly seconds: number; readonly decision: string };
};

interface Watched {
  metadata?: { readonly readings: () => readonly MetadataReading[]; readonly clock: Clock };
  keys?: { readonly readings: KeyReadings; readonly clock: Clock };
}

interface Instruments {
  count(counted: Counted): void;
  text(): Promise<string>;
  clear(): void;
}

/**
 * With a registry of its own: two servers in one process do not count each other's logins. prom-client takes 50 ms to load,
 * a good part of a cold start, so it is loaded when somebody asks for the text; until then events are kept, and counted then.
 */
export function createMetrics(): Metrics {
  const kept: Counted[] = [];
  const meter = createAuditMeter();
  const watched: Watched = {};
  let loading: Promise<Instruments> | undefined;
  let loaded: Instruments | undefined;

  async function load(): Promise<Instruments> {
    const instruments = await loadInstruments(meter, watched);
    for (const counted of kept.splice(0)) instruments.count(counted);
    loaded = instruments;
    return instruments;
  }

  function instruments(): Promise<Instruments> {
    loading ??= load();
    return loading;
  }

  return {
    provider: {
      async record(event) {
        const counted = countedOf(event);
        if (loaded !== undefined) return loaded.count(counted);
        kept.push(counted);
        if (kept.length >= maxKeptEvents) await instruments();
      },
      async close() {
        kept.length = 0;
        loaded?.clear();
      },
    },
    meter,
    contentType,
    watchMetadata(readings, clock) {
      const before = watched.metadata?.readings ?? (() => []);
      watched.metadata = { readings: () => [...before(), ...readings()], clock };
    },
    watchKeys(readings, clock) {
      watched.keys = { readings, clock };
    },
    text: async () => (await instruments()).text(),
  };
}

function countedOf({ type, outcome, reason, domain, trace }: AuditEvent): Counted {
  return {
    type,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(domain === undefined ? {} : { domain }),
    ...(trace === undefined ? {} : { login: { outcome: trace.outcome, seconds: trace.ms / 1000, decision: trace.id } }),
  };
}

async function loadInstruments(meter: CountingMeter, watched: Readonly<Watched>): Promise<Instruments> {
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(contentType);
  collectDefaultMetrics({ register: registry, prefix: 'gatehouse_' });
  const events = new Counter({
    name: 'gatehouse_audit_events_total',
    help: 'Audit events recorded.',
    labelNames: ['type', 'outcome', 'reason', 'domain'],
    registers: [registry],
  });
  // `decision` labels exemplars only: prom-client's types have one list of names for both.
  const logins = new Histogram<'domain' | 'outcome' | 'decision'>({
    name: 'gatehouse_login_duration_seconds',
    help: 'Time that deciding a login took. An exemplar names a decision for `gatehouse explain`.',
    labelNames: ['domain', 'outcome'],
    buckets: loginBuckets,
    enableExemplars: true,
    registers: [registry],
  });
  const registers = [registry];
  new Counter({
    name: 'gatehouse_audit_records_total',
    help: 'Audit records by provider and by whether they were written.',
    labelNames: ['provider', 'result'],
    registers,
    collect() {
      this.reset();
      for (const { provider, written, failed } of meter.counts()) {
        this.inc({ provider, result: 'written' }, written);
        this.inc({ provider, result: 'failed' }, failed);
      }
    },
  });
  new Gauge({
    name: 'gatehouse_audit_records_waiting',
    help: 'Audit records that a provider was given and has not written yet.',
    labelNames: ['provider'],
    registers,
    collect() {
      for (const { provider, waiting } of meter.counts()) this.set({ provider }, waiting);
    },
  });
  await registerMetadataMetrics(
    registry,
    () => watched.metadata?.readings() ?? [],
    () => watched.metadata?.clock.now() ?? 0,
  );
  await registerKeyMetrics(
    registry,
    () => watched.keys?.readings,
    () => watched.keys?.clock.now() ?? 0,
  );
  const reasonOf = createBoundedLabel();
  const domainOf = createBoundedLabel();
  return {
    count({ type, outcome, reason, domain: name, login }) {
      const domain = domainOf(name);
      events.inc({ type, outcome, reason: reasonOf(reason), domain });
      if (login === undefined) return;
      const labels = { domain, outcome: login.outcome };
      logins.observe({ labels, value: login.seconds, exemplarLabels: { decision: login.decision } });
    },
    text: () => registry.metrics(),
    clear: () => registry.clear(),
  };
}

/** Lets the first `maxLabelValues` words through. Absent is the empty value, which to Prometheus is no label at all. */
function createBoundedLabel(): (value: string | undefined) => string {
  const known = new Set<string>();
  return (value) => {
    if (value === undefined) return '';
    if (known.has(value)) return value;
    if (known.size >= maxLabelValues || !wordPattern.test(value)) return otherValue;
    known.add(value);
    return value;
  };
}
