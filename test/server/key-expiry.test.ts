import { describe, expect, it, onTestFinished } from 'vitest';
import { createMetrics } from '../../src/adapters/metrics.ts';
import type { OwnKey } from '../../src/engine/key-expiry.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { mountHealth } from '../../src/protocols/management/health.ts';
import { createClosers } from '../../src/server/closers.ts';
import { watchKeyExpiry } from '../../src/server/key-expiry.ts';
import { createFakeClock, FAKE_START as start } from '../support/fake-clock.ts';
import { day } from '../support/key-ring.ts';

const key: OwnKey = {
  id: '0123456789abcdef',
  side: 'idp',
  use: 'signing',
  state: 'active',
  notAfterAt: start + 70 * day,
};

async function open(problem?: string) {
  const clock = createFakeClock();
  const closers = createClosers();
  onTestFinished(() => closers.closeAll());
  const metrics = createMetrics();
  const logged: string[] = [];
  const log = (_facts: unknown, message: string) => void logged.push(message);
  const logger = { info: log, warn: log, error: log };
  const parts = {
    ring: { problem: () => problem, keys: () => [key] },
    signers: [undefined],
    clock,
    logger,
    metrics,
    closers,
  };
  const expiry = watchKeyExpiry(parts);
  const app = closers.add(
    await createHttpApp({ logger, trustedProxies: [], recordRefusal: async () => 'refusal' }),
    (one) => one.close(),
  );
  const yes = () => true;
  mountHealth(app, { started: yes, ready: yes, warnings: expiry.warnings }, metrics);
  const ready = async () => {
    const { statusCode, body } = await app.inject('/health/ready');
    return { statusCode, ...JSON.parse(body) };
  };
  return { clock, expiry, logged, ready, text: metrics.text };
}

describe('the alarm about a key of ours', () => {
  it('is silent while there is time', async () => {
    const { expiry, logged, ready } = await open();
    expiry.look();
    expect([logged, await ready()]).toEqual([[], { statusCode: 200, status: 'UP' }]);
  });

  it('is in the log and in the readiness details, and the server stays ready', async () => {
    const { clock, expiry, logged, ready } = await open();
    clock.advance(40 * day);
    expiry.look();
    expect(logged).toEqual([expect.stringContaining('runs out on 2026-03-12, in 30 days: "gatehouse keys add"')]);
    expect(await ready()).toEqual({ statusCode: 200, status: 'UP', warnings: [expect.stringContaining('in 30 days')] });
  });

  it('is a number in the metrics before and after the end', async () => {
    const { clock, text } = await open();
    const line = async () =>
      (await text()).split('\n').find((one) => one.startsWith('gatehouse_saml_key_valid_seconds{'));
    const labels = 'gatehouse_saml_key_valid_seconds{key="0123456789abcdef",side="idp",use="signing",state="active"}';
    expect(await line()).toBe(`${labels} ${70 * 86_400}`);
    clock.advance(71 * day);
    expect(await line()).toBe(`${labels} -86400`);
  });

  it('tells of a ring that cannot be used', async () => {
    const { ready, text } = await open('it was cut off');
    expect((await ready()).warnings).toEqual(['the key ring on the disk cannot be used: it was cut off']);
    expect(await text()).toContain('gatehouse_saml_key_ring_usable 0');
  });
});
