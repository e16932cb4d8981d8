import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { formOf } from '../support/html-page.ts';
import { exchange } from '../support/http-client.ts';
import { poll } from '../support/poll.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

let folder: TempFolder;
let gatehouse: Gatehouse;
let port: number;

const configuration = () => join(folder.path, 'configuration');
const makeCertificate = async (...more: readonly string[]) => {
  const made = await runGatehouse(['cert', 'localhost', '127.0.0.1', '--out', configuration(), ...more]);
  expect(made.code, made.output).toBe(0);
  return readFile(join(configuration(), 'localhost.crt'), 'utf8');
};

beforeAll(async () => {
  folder = await makeTempFolder('tls');
  await makeCertificate();
  gatehouse = await startGatehouse({
    home: folder.path,
    content: { configuration: { tls: { certificate: 'localhost.crt', key: 'localhost.key' } } },
  });
  port = 8443 + gatehouse.portOffset;
});
afterAll(async () => {
  await gatehouse?.stop();
  await folder?.remove();
});

async function handshake(options: {
  readonly ca?: string;
  readonly minVersion?: 'TLSv1.1';
  readonly maxVersion?: 'TLSv1.1';
}): Promise<PeerCertificate> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...options });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

const certificate = () => readFile(join(configuration(), 'localhost.crt'), 'utf8');

test('the greeting names the address with HTTPS', () => {
  expect(gatehouse.program.stdout()).toContain(`https://localhost:${port}/`);
});

test('over HTTPS cookies are Secure, and a login works', async () => {
  const ca = await certificate();
  const origin = `https://localhost:${port}`;
  const parked = await exchange(origin, { ca });
  const page = await exchange(`${origin}${parked.headers.location}`, { ca });
  expect(page.setCookies).toHaveLength(1);
  expect(page.setCookies[0]).toMatch(/;\s*Secure/i);
  const cookie = page.setCookies[0]?.split(';')[0] ?? '';
  const form = { ...formOf(page.text).fields, j_username: 'eric', j_password: passwords.eric };
  const done = await exchange(page.url, { method: 'POST', form, headers: { cookie }, ca });
  expect(done.status).toBe(303);
  expect(done.setCookies.join()).toMatch(/^GATEHOUSESSO=.*;\s*Secure/i);
});

test('a certificate of `gatehouse cert` covers its names and belongs to a key that only its owner reads', async () => {
  const { subjectaltname } = await handshake({ ca: await certificate() });
  expect(subjectaltname).toContain('DNS:localhost');
  expect(subjectaltname).toContain('IP Address:127.0.0.1');
});

test('TLS 1.1 is refused', async () => {
  const ca = await certificate();
  await expect(handshake({ ca, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).rejects.toThrow();
});

test('the management side has HTTPS too', async () => {
  const reply = await exchange(`https://localhost:${9993 + gatehouse.portOffset}/health/ready`, {
    ca: await certificate(),
  });
  expect(reply.status).toBe(200);
});

test('`gatehouse cert` leaves a pair that is there alone', async () => {
  const made = await runGatehouse(['cert', 'localhost', '--out', configuration()]);
  expect(made.code).toBe(1);
  expect(made.output).toContain('--force');
});

test('a certificate that is replaced is what the next connection gets', async () => {
  const before = await handshake({ ca: await certificate() });
  const renewed = await makeCertificate('--force', '--key-type', 'ec');
  const after = await poll(
    async () => {
      const seen = await handshake({ ca: renewed }).catch((error: NodeJS.ErrnoException) => {
        // Until the server has read the new pair it shows the old one, which the new trust does not know.
        if (error.code !== 'DEPTH_ZERO_SELF_SIGNED_CERT') throw error;
        return undefined;
      });
      return seen;
    },
    () => `the new certificate was not taken over:\n${gatehouse.program.output()}`,
  );
  expect(after.fingerprint256).not.toBe(before.fingerprint256);
  expect(await gatehouse.health('ready')).toBe(200);
});
