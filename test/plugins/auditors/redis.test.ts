/** @module Audit provider Redis: a stream of a real redis-server, also when it hangs, is gone or refuses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRedisStream } from '../../../src/adapters/audit/redis-stream.ts';
import { systemTimers } from '../../../src/adapters/system-clock.ts';
import { withAuditPolicy } from '../../../src/engine/audit-policy.ts';
import { redisAudit } from '../../../src/plugins/auditors/redis.ts';
import { auditEvent, auditProviderConformance } from '../../conformance/audit-provider.ts';
import { silentLogger } from '../../support/audit-files.ts';
import { auditServices, silentMeter } from '../../support/audit-services.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.close());

const unavailable = { code: 'ERR_AUDIT_UNAVAILABLE' };

const providerAt = (options: Readonly<Record<string, unknown>> = {}) =>
  redisAudit.create(
    { host: '127.0.0.1', port: server.port, ...options },
    auditServices({
      openRedisStream: async ({ tls: _, ...address }) => openRedisStream({ ...address, timers: systemTimers }),
    }),
  );

/** The texts of the field `record`, oldest first. */
function recordsOf(stream: string): readonly string[] {
  const read = `local r = {} for i, e in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do r[i] = e[2][4] end return cjson.encode(r)`;
  const text = server.run('EVAL', read, '1', stream).trim();
  return text === '{}' ? [] : JSON.parse(text);
}

let opened = 0;
auditProviderConformance('Redis', async () => {
  opened += 1;
  const stream = `audit-${opened}`;
  return { provider: await providerAt({ stream }), records: async () => recordsOf(stream) };
});

describe('Redis', () => {
  it('keeps about so many entries', async () => {
    const provider = await providerAt({ stream: 'short', 'max-length': 100 });
    await Promise.all(Array.from({ length: 1000 }, () => provider.record(auditEvent())));
    expect(Number(server.run('XLEN', 'short'))).toBeLessThan(400);
    await provider.close();
  });

  it('puts the type beside the record', async () => {
    const provider = await providerAt({ stream: 'typed' });
    await provider.record(auditEvent({ principal: '"type":"forged"' }));
    expect(server.run('XRANGE', 'typed', '-', '+')).toMatch(/\ntype\nlogin\nrecord\n/);
    await provider.close();
  });

  it('says within its deadline that a server that hangs did not answer, and goes on when it answers again', async () => {
    const provider = withAuditPolicy(await providerAt({ stream: 'hangs' }), {
      code: 'Redis',
      place: 'gatehouse.yaml:1',
      onFailure: 'refuse',
      deadlineMs: 500,
      timers: systemTimers,
      logger: silentLogger,
      meter: silentMeter,
    });
    await provider.record(auditEvent());
    server.pause();
    await expect(provider.record(auditEvent())).rejects.toMatchObject(unavailable);
    server.resume();
    await expect(pollRecord(provider)).resolves.toBe(true);
    await provider.close();
  });

  it('writes again after a restart of the server', async () => {
    const provider = await providerAt({ stream: 'restart' });
    await provider.record(auditEvent());
    await server.stop();
    const waiting = provider.record(auditEvent({ principal: 'meanwhile' }));
    await server.startAgain();
    await waiting;
    expect(recordsOf('restart').join()).toContain('meanwhile');
    await provider.close();
  });

  it('says at once that the server refuses', async () => {
    server.run('SET', 'no-stream', 'x');
    const provider = await providerAt({ stream: 'no-stream' });
    await expect(provider.record(auditEvent())).rejects.toMatchObject({
      ...unavailable,
      facts: { reason: 'WRONGTYPE' },
    });
    await provider.close();
  });

  it('signs in with name and password, and tells neither when they are wrong', async () => {
    server.run('ACL', 'SETUSER', 'auditor', 'on', '>quartz-Stream-81', '~audited', '+xadd', '+select', '+info');
    const right = await providerAt({ stream: 'audited', username: 'auditor', password: 'quartz-Stream-81' });
    await right.record(auditEvent());
    await right.close();
    expect(recordsOf('audited')).toHaveLength(1);
    const wrong = await providerAt({ stream: 'audited', username: 'auditor', password: 'walnut-Stream-82' });
    const recording = wrong.record(auditEvent());
    await wrong.close();
    const fault = await recording.catch((error: unknown) => error);
    expect(fault).toMatchObject(unavailable);
    expect(JSON.stringify([fault, String(fault)])).not.toContain('walnut-Stream-82');
  });
});

async function pollRecord(provider: Awaited<ReturnType<typeof providerAt>>): Promise<boolean> {
  for (let tries = 0; tries < 20; tries += 1) {
    const written = await provider.record(auditEvent()).then(
      () => true,
      () => false,
    );
    if (written) return true;
  }
  return false;
}
