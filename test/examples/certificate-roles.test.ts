/** @module examples/certificate-roles as it stands, with its script's certificates, curl in the place of browsers. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { curl } from '../support/curl.ts';
import { type Echoed, startEchoApplication } from '../support/echo-application.ts';
import { startInProcess } from '../support/in-process-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-example-'));
const example = 'examples/certificate-roles';
const script = (...args: string[]) =>
  execFileSync('sh', ['make-certificates.sh', ...args], { cwd: folder, stdio: 'pipe' });
let application: Awaited<ReturnType<typeof startEchoApplication>>;
let server: Awaited<ReturnType<typeof startInProcess>>;

beforeAll(async () => {
  for (const file of readdirSync(example)) copyFileSync(join(example, file), join(folder, file));
  script();
  application = await startEchoApplication();
  const files = Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  server = await startInProcess({
    files,
    change: (configuration) => ({
      ...configuration,
      applications: configuration.applications.map((one) => ({ ...one, upstream: application.origin })),
    }),
  });
});
afterAll(async () => {
  await server?.stop();
  await application?.stop();
  rmSync(folder, { recursive: true });
});

const as = (who: string) => ['--cert', join(folder, `${who}.crt`), '--key', join(folder, `${who}.key`)];
const get = (path: string, ...args: string[]) =>
  curl('--cacert', join(folder, 'server.crt'), ...args, `${server.url}/archive/${path}`);

test('alice reads and keeps, and the application hears her name and roles', async () => {
  const { status, body } = await get('keepers/', ...as('alice'));
  expect(status).toBe(200);
  const { headers } = JSON.parse(body) as Echoed;
  expect(decodeURIComponent(String(headers['x-remote-user']))).toBe('CN=alice, OU=Archive, O=Example');
  expect(headers['x-remote-roles']).toBe('reader,keeper');
});

test('bob reads and does not keep', async () => {
  expect((await get('readers/', ...as('bob'))).status).toBe(200);
  expect((await get('keepers/', ...as('bob'))).status).toBe(403);
});

test('carol is known and has no role', async () => {
  expect((await get('readers/', ...as('carol'))).status).toBe(403);
});

test('without a certificate there is nobody, and nothing to ask for', async () => {
  expect((await get('readers/')).status).toBe(403);
});

test('a revoked certificate is refused when the list has been read again', async () => {
  script('revoke', 'bob');
  copyFileSync(join(folder, 'ca.crl'), server.configurationFile('ca.crl'));
  await vi.waitFor(async () => expect((await get('readers/', ...as('bob'))).status).toBe(403), { timeout: 15_000 });
  const last = readFileSync(server.auditFile, 'utf8')
    .trim()
    .split('\n')
    .findLast((line) => line.includes('"login"'));
  expect(last).toContain('revoked, CN=bob, OU=Archive, O=Example');
  expect((await get('readers/', ...as('alice'))).status).toBe(200);
});
