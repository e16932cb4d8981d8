/** @module Audit provider Syslog: messages of RFC 5424 at a real rsyslogd, over UDP, TCP and TLS. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSyslog } from '../../../src/adapters/audit/syslog.ts';
import { readTlsMaterial } from '../../../src/adapters/audit/tls-material.ts';
import { systemTimers } from '../../../src/adapters/system-clock.ts';
import { syslogAudit } from '../../../src/plugins/auditors/syslog.ts';
import type { AuditProvider } from '../../../src/spi/audit.ts';
import { buildSyslogMessage, type SyslogForm } from '../../../src/wire/audit/syslog-message.ts';
import { type AuditProviderHarness, auditEvent, auditProviderConformance } from '../../conformance/audit-provider.ts';
import { auditServices } from '../../support/audit-services.ts';
import { decisionTrace, moduleStep } from '../../support/decision-trace.ts';
import { makeKeyPair } from '../../support/key-pairs.ts';
import { poll } from '../../support/poll.ts';
import { type Rsyslog, type RsyslogTls, startRsyslog } from '../../support/servers/rsyslog.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
let tls: RsyslogTls;
let strangerCa: string;
beforeAll(async () => {
  folder = await makeTempFolder('syslog');
  const own = await makeKeyPair(folder.path, 'collector', { hostName: 'localhost' });
  strangerCa = (await makeKeyPair(folder.path, 'stranger')).certificatePath;
  tls = { ca: own.certificatePath, certificate: own.certificatePath, key: own.keyPath, mutual: false };
  expect(new X509Certificate(own.certificatePem).subjectAltName).toBe('DNS:localhost');
});
afterAll(() => folder.remove());

function providerAt(options: Readonly<Record<string, unknown>>): Promise<AuditProvider> {
  return syslogAudit.create(
    { host: 'localhost', ...options },
    auditServices({
      async openSyslog({ tls: files, ...address }) {
        const material = files && (await readTlsMaterial(files, (path) => readFile(path, 'utf8')));
        return openSyslog({ ...address, ...(material === undefined ? {} : { tls: material }), timers: systemTimers });
      },
    }),
  );
}

/** All that have come when there are so many. */
const received = (collector: Rsyslog, count: number) =>
  poll(
    async () => (collector.messages().length >= count ? collector.messages() : undefined),
    () => `rsyslogd has ${collector.messages().length} of ${count} messages`,
  );

const jsonOf = (message: string) => message.slice(message.indexOf(' {') + 1);

describe.each(['udp', 'tcp', 'tls'] as const)('Syslog over %s', (transport) => {
  let collector: Rsyslog;
  const options = () => ({
    transport,
    port: collector.port,
    ...(transport === 'udp' ? { host: '127.0.0.1' } : {}),
    ...(transport === 'tls' ? { ca: tls.ca } : {}),
  });
  beforeAll(async () => {
    collector = await startRsyslog(transport, transport === 'tls' ? tls : undefined);
  });
  afterAll(() => collector.close());

  let before = 0;
  // A socket's buffer of 208 KiB has to hold every datagram of a burst, some 1.5 KiB each, while rsyslogd is not running.
  const burst = transport === 'udp' ? 50 : 200;
  const open = async (): Promise<AuditProviderHarness> => {
    before = collector.messages().length;
    let sent = 0;
    const provider = await providerAt({ ...options(), 'structured-data': false });
    return {
      provider: {
        async record(event, signal) {
          await provider.record(event, signal);
          sent += 1;
        },
        close: () => provider.close(),
      },
      records: async () => (await received(collector, before + sent)).slice(before).map(jsonOf),
    };
  };
  auditProviderConformance(`Syslog (${transport})`, open, burst);

  it('delivers again when the collector has come back', async () => {
    const provider = await providerAt(options());
    await provider.record(auditEvent({ id: '01KE0000000000000000000001' }));
    await received(collector, collector.messages().length);
    await collector.stop();
    await collector.startAgain();
    // What is on its way when a collector ends is lost, as RFC 6587 says: the connection has to be seen as ended first.
    for (let n = 2; n < 6; n += 1) await provider.record(auditEvent({ id: `01KE000000000000000000000${n}` }));
    await poll(
      async () => (collector.messages().some((message) => message.includes('0005')) ? true : undefined),
      () => 'nothing came after the restart',
    );
    await provider.close();
  });
});

describe('Syslog', () => {
  it('has a record given up when nobody listens', async () => {
    const provider = await providerAt({ transport: 'tcp', port: 1 });
    const controller = new AbortController();
    const recording = provider.record(auditEvent(), controller.signal);
    controller.abort();
    await expect(recording).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    await provider.close();
  });

  it('writes to nobody whose certificate an unknown authority has signed', async () => {
    const collector = await startRsyslog('tls', tls);
    const provider = await providerAt({ transport: 'tls', port: collector.port, ca: strangerCa });
    const recording = provider.record(auditEvent());
    await provider.close();
    await expect(recording).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    expect(collector.messages()).toEqual([]);
    await collector.close();
  });

  it('writes to nobody whose certificate is for another host', async () => {
    const collector = await startRsyslog('tls', tls);
    const provider = await providerAt({
      transport: 'tls',
      port: collector.port,
      ca: tls.ca,
      'server-name': 'other.example',
    });
    const recording = provider.record(auditEvent());
    await provider.close();
    await expect(recording).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    expect(collector.messages()).toEqual([]);
    await collector.close();
  });

  it('shows its own certificate to a collector that wants one', async () => {
    const collector = await startRsyslog('tls', { ...tls, mutual: true });
    const { certificate, key, ca } = tls;
    const provider = await providerAt({ transport: 'tls', port: collector.port, ca, certificate, key });
    await provider.record(auditEvent());
    expect(await received(collector, 1)).toHaveLength(1);
    await provider.close();
    await collector.close();
  });
});

describe('a syslog message', () => {
  const form: SyslogForm = {
    facility: 'authpriv',
    appName: 'gatehouse',
    hostName: 'host.example',
    processId: 42,
    enterpriseNumber: 32_473,
    maxBytes: 8192,
  };

  it('has head, structured data and the record (RFC 5424 §6)', () => {
    const message = buildSyslogMessage(auditEvent(), form);
    expect(message).toMatch(
      /^<84>1 2026-01-01T00:00:00\.000Z host\.example gatehouse 42 login \[gatehouse@32473 id="01KE000000000000000000000A" outcome="failure" reason="bad-credential" domain="other" principal="alice"\] \{"time":/,
    );
  });

  it('is less severe for a success', () => {
    expect(buildSyslogMessage(auditEvent({ outcome: 'success' }), form)).toMatch(/^<86>1 /);
  });

  it('escapes quotes, backslashes and brackets in structured data (§6.3.3), and what a terminal obeys', () => {
    const message = buildSyslogMessage(auditEvent({ principal: 'a"b\\c]d\n\u202e\u00fc' }), form);
    expect(message).toContain(' principal="a\\"b\\\\c\\]d\\\\u{a}\\\\u{202e}\\\\u{fc}"] {');
    expect(message).toMatch(/^[\x20-\x7e]+$/);
  });

  it('loses its trace first, and says so', () => {
    const trace = decisionTrace({ modules: Array.from({ length: 32 }, () => moduleStep()) });
    const message = buildSyslogMessage(auditEvent({ trace }), { ...form, maxBytes: 2048 });
    expect(message.length).toBeLessThanOrEqual(2048);
    expect(JSON.parse(jsonOf(message))).toMatchObject({ principal: 'alice', cut: ['trace'] });
  });

  it('is cut at the ends of long names where that does not help', () => {
    const long = '\u0000'.repeat(1024);
    const event = auditEvent({ principal: long, application: long, path: long, reason: long, domain: long });
    const message = buildSyslogMessage(event, { ...form, maxBytes: 2048 });
    expect(message.length).toBeLessThanOrEqual(2048);
    expect(JSON.parse(jsonOf(message))).toMatchObject({ id: event.id });
  });
});
