/** @module A TLS key pair says in time that it runs out. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type WatchedKeyPair, watchKeyPair } from '../../src/adapters/watch-key-pair.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { RecordingLogger } from '../support/plugin-services.ts';
import { createAuthority } from './certificate-authority.ts';

const dayMs = 24 * 3600_000;
const expires = '2026-07-01T00:00:00.000Z';

let folder: string;
let logger: RecordingLogger;
let watched: WatchedKeyPair | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-expiry-'));
  createAuthority(folder).issue('leaf', { to: '20260701000000Z' });
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  logger = new RecordingLogger();
});
afterEach(() => {
  watched?.close();
  vi.useRealTimers();
});

/** A server that starts so long before the certificate ends. */
async function startedBefore(days: number): Promise<FakeClock> {
  const clock = createFakeClock(Date.parse(expires) - days * dayMs);
  const files = { certificate: join(folder, 'leaf.crt'), key: join(folder, 'leaf.key') };
  watched = await watchKeyPair({ ...files, hostNames: [], clock, logger, onChange: () => undefined });
  return clock;
}

it('is silent with more than 30 days to go', async () => {
  await startedBefore(31);
  expect(logger.warnings()).toEqual([]);
});

it('warns at the start with less than 30 days to go', async () => {
  await startedBefore(29);
  expect(logger.lines).toEqual([
    {
      level: 'warn',
      facts: { certificate: join(folder, 'leaf.crt'), expires },
      message: 'TLS certificate expires soon',
    },
  ]);
});

it('looks again every day', async () => {
  const clock = await startedBefore(31);
  clock.advance(2 * dayMs);
  vi.advanceTimersByTime(dayMs);
  expect(logger.warnings()).toHaveLength(1);
});

it('warns no more once it is closed', async () => {
  const clock = await startedBefore(31);
  watched?.close();
  clock.advance(2 * dayMs);
  vi.advanceTimersByTime(dayMs);
  expect(logger.warnings()).toEqual([]);
});
