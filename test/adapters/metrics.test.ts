/** @module Metrics: what is counted, how logins are timed, and that no label can grow without bound. */
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createMetrics, maxKeptEvents, maxLabelValues } from '../../src/adapters/metrics.ts';
import type { AuditEvent } from '../../src/spi/audit.ts';
import { decisionTrace } from '../support/decision-trace.ts';

const event = (more: Partial<AuditEvent>): AuditEvent => ({
  id: '01',
  at: 0,
  node: 'n',
  type: 'login',
  outcome: 'success',
  ...more,
});

const trace = (ms: number) => decisionTrace({ id: '01KDVDNA00GMM29D9X7Q5BS9N3', ms });

describe('metrics', () => {
  it('counts an event under its type, outcome, reason and domain', async () => {
    const metrics = createMetrics();
    const denied = event({ outcome: 'failure', reason: 'bad-credential', domain: 'other' });
    await metrics.provider.record(denied);
    await metrics.provider.record(denied);
    expect(await metrics.text()).toContain(
      'gatehouse_audit_events_total{type="login",outcome="failure",reason="bad-credential",domain="other"} 2\n',
    );
  });

  it('counts what came before and after the text was first asked for', async () => {
    const metrics = createMetrics();
    await metrics.provider.record(event({ domain: 'other' }));
    await metrics.text();
    await metrics.provider.record(event({ domain: 'other' }));
    expect(await metrics.text()).toContain('reason="",domain="other"} 2\n');
  });

  it('counts more events than it keeps while nobody asks', async () => {
    const metrics = createMetrics();
    const events = Array.from({ length: maxKeptEvents + 3 }, () => event({ domain: 'other' }));
    await Promise.all(events.map((each) => metrics.provider.record(each)));
    expect(await metrics.text()).toContain(`reason="",domain="other"} ${maxKeptEvents + 3}\n`);
  });

  it('counts an event without reason and domain', async () => {
    const metrics = createMetrics();
    await metrics.provider.record(event({ type: 'server-started' }));
    expect(await metrics.text()).toContain('{type="server-started",outcome="success",reason="",domain=""} 1\n');
  });

  it('times a login in seconds by domain and outcome of its trace', async () => {
    const metrics = createMetrics();
    await metrics.provider.record(event({ outcome: 'failure', domain: 'other', trace: trace(30) }));
    const text = await metrics.text();
    expect(text).toContain('gatehouse_login_duration_seconds_sum{domain="other",outcome="denied"} 0.03\n');
    expect(text).toMatch(/_bucket\{le="0.025",domain="other",outcome="denied"\} 0\b/);
    expect(text).toMatch(/_bucket\{le="0.05",domain="other",outcome="denied"\} 1\b/);
  });

  it('names the decision in the exemplar of the bucket', async () => {
    const metrics = createMetrics();
    await metrics.provider.record(event({ domain: 'other', trace: trace(30) }));
    expect(await metrics.text()).toMatch(/le="0.05".* # \{decision="01KDVDNA00GMM29D9X7Q5BS9N3"\} 0\.03 /);
  });

  it('times no event that decided nothing', async () => {
    const metrics = createMetrics();
    await metrics.provider.record(event({ type: 'session-begun', domain: 'other' }));
    expect(await metrics.text()).not.toContain('gatehouse_login_duration_seconds_count{');
  });

  it('counts values beyond the limit of a label as one', async () => {
    const metrics = createMetrics();
    for (let index = 0; index < maxLabelValues + 7; index += 1) {
      await metrics.provider.record(event({ domain: `domain-${index}` }));
    }
    const text = await metrics.text();
    expect(text).toContain('domain="other"} 7\n');
    expect(text.match(/^gatehouse_audit_events_total\{/gm)).toHaveLength(maxLabelValues + 1);
  });

  it('counts a reason that is no word as other', async () => {
    const metrics = createMetrics();
    await metrics.provider.record(event({ reason: 'x"} 1\nforged 1' }));
    const text = await metrics.text();
    expect(text).toContain('reason="other"');
    expect(text).not.toContain('forged');
  });

  it('shows the process under our prefix and nothing without it', async () => {
    const metrics = createMetrics();
    const text = await metrics.text();
    expect(text).toContain('gatehouse_process_resident_memory_bytes ');
    const names = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(names.filter((line) => !line.startsWith('gatehouse_'))).toEqual([]);
  });

  it('ends as OpenMetrics does, and says that it is OpenMetrics', async () => {
    const metrics = createMetrics();
    expect(metrics.contentType).toBe(Registry.OPENMETRICS_CONTENT_TYPE);
    expect(await metrics.text()).toMatch(/\n# EOF\n$/);
  });

  it('keeps a registry of its own', async () => {
    const counted = createMetrics();
    const other = createMetrics();
    await counted.provider.record(event({ domain: 'other' }));
    expect(await other.text()).not.toContain('gatehouse_audit_events_total{');
  });
});
