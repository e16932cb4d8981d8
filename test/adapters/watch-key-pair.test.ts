import { X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { TlsKeyPair } from '../../src/adapters/tls-key-pair.ts';
import { type WatchedKeyPair, watchKeyPair } from '../../src/adapters/watch-key-pair.ts';
import type { Logger } from '../../src/spi/logger.ts';
import { createAuthority, type Issued } from './certificate-authority.ts';

const clock = { now: () => Date.parse('2026-06-01T00:00:00Z'), timer: () => 0 };

const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let root: Issued;
let old: Issued;
let next: Issued;
let server: Server;
let watched: WatchedKeyPair;
/** Resolves the promises of `changed` and `warned`, in the order of what happens. */
let waiting: { changed: ((pair: TlsKeyPair) => void)[]; warned: ((problem: unknown) => void)[] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-watch-'));
  const authority = createAuthority(folder);
  root = authority.issue('root', { ca: true });
  old = authority.issue('old', { issuer: root });
  next = authority.issue('next', { issuer: root });
});
afterAll(() => rm(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const changed = () => new Promise<TlsKeyPair>((resolve) => waiting.changed.push(resolve));
const warned = () => new Promise<unknown>((resolve) => waiting.warned.push(resolve));

/** As an administrator's tools do it: a new file takes the place of the old one. */
async function place(name: string, text: string): Promise<void> {
  await writeFile(file(`${name}.new`), text);
  await rename(file(`${name}.new`), file(name));
}

function servedFingerprint(): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, servername: 'localhost', ca: root.cert, agent: false }, (response) => {
      const socket = response.socket as TLSSocket;
      resolve(socket.getPeerCertificate().fingerprint256);
      response.resume();
    }).on('error', reject);
  });
}

const fingerprint = ({ cert }: Issued) => new X509Certificate(cert).fingerprint256;

beforeEach(async () => {
  waiting = { changed: [], warned: [] };
  await place('live.crt', old.cert);
  await place('live.key', old.key);
  const logger: Logger = {
    ...silent,
    warn: (facts) => waiting.warned.shift()?.(facts['reason']),
  };
  watched = await watchKeyPair({
    certificate: file('live.crt'),
    key: file('live.key'),
    hostNames: ['localhost'],
    clock,
    logger,
    pollMs: 20,
    onChange(pair) {
      server.setSecureContext(pair);
      waiting.changed.shift()?.(pair);
    },
  });
  server = createServer({ ...watched.current() }, (_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  watched.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('serves a new pair to new clients as soon as it is in place', async () => {
  expect(await servedFingerprint()).toBe(fingerprint(old));
  const change = changed();
  await place('live.crt', next.cert);
  await place('live.key', next.key);
  expect((await change).fingerprint).toBe(fingerprint(next));
  expect(await servedFingerprint()).toBe(fingerprint(next));
  expect(watched.current().fingerprint).toBe(fingerprint(next));
});

it('keeps the old pair and says why while only half of the new one is there', async () => {
  const warning = warned();
  await place('live.crt', next.cert);
  expect(await warning).toMatch(/does not belong/);
  expect(await servedFingerprint()).toBe(fingerprint(old));
  const change = changed();
  await place('live.key', next.key);
  await change;
  expect(await servedFingerprint()).toBe(fingerprint(next));
});

it('keeps the old pair when a file goes away, and takes it over when it comes back', async () => {
  const warning = warned();
  await rm(file('live.crt'));
  expect(await warning).toMatch(/cannot be read/);
  expect(await servedFingerprint()).toBe(fingerprint(old));
  const change = changed();
  await place('live.key', next.key);
  await place('live.crt', next.cert);
  expect((await change).fingerprint).toBe(fingerprint(next));
});

it('refuses a bad pair at the start', async () => {
  const options = { hostNames: ['other.example'], clock, logger: silent, onChange: () => undefined };
  const start = watchKeyPair({ certificate: file('live.crt'), key: file('live.key'), ...options });
  await expect(start).rejects.toMatchObject({ code: 'ERR_TLS_KEY_PAIR' });
});
