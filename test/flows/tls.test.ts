import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectRefused } from '../support/bad-input.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { formOf } from '../support/html-page.ts';
import { createHttpClient, exchange, type HttpClient } from '../support/http-client.ts';
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

const secure = (path: string) => `https://localhost:${port}${path}`;
const certificate = () => readFile(join(configuration(), 'localhost.crt'), 'utf8');

test('the greeting names the address with HTTPS', () => {
  expect(gatehouse.program.stdout()).toContain(`https://localhost:${port}/`);
});

describe('over HTTPS', () => {
  const right = { j_username: 'eric', j_password: passwords.eric };
  /** What only HTTPS can set, and only for this host (RFC 6265bis §4.1.3.2). */
  const expectBoundToTheHost = (lines: readonly string[], names: readonly string[]) => {
    expect(lines.map((line) => line.split('=', 1)[0]).toSorted()).toEqual(names);
    for (const line of lines) {
      expect(line).toMatch(/;\s*Secure/i);
      expect(line).toMatch(/;\s*Path=\/(;|$)/i);
      expect(line).not.toMatch(/;\s*Domain=/i);
    }
  };
  let client: HttpClient;

  beforeAll(async () => {
    client = createHttpClient({ ca: await certificate() });
  });

  test('a login works, and its cookies belong to this host and to HTTPS alone', async () => {
    const parked = await client.send(secure('/'));
    expectBoundToTheHost(parked.setCookies, ['__Host-GATEHOUSEBROWSER']);
    const page = await client.open(secure(parked.headers.location ?? ''));
    const done = await client.send(page.url, { method: 'POST', form: { ...formOf(page.text).fields, ...right } });
    expect(done.status).toBe(303);
    expectBoundToTheHost(done.setCookies, ['__Host-GATEHOUSEBROWSER', '__Host-GATEHOUSESSO']);
    expect((await client.open(secure('/'))).text).toContain('Signed in as eric');
  });

  test('a session under the name that a neighbouring host could set is nobody’s', async () => {
    const id = client.cookie('localhost', '__Host-GATEHOUSESSO') ?? '';
    expect(id).not.toBe('');
    const stranger = createHttpClient({ ca: await certificate() });
    stranger.setCookie('localhost', 'GATEHOUSESSO', id);
    expect((await stranger.send(secure('/'))).status).toBe(303);
  });
});

describe('over HTTP beside it', () => {
  test.each(['/', '/logout', '/saml/idp/start?sp=x'])('%s is sent on to HTTPS, without a cookie', async (path) => {
    const reply = await exchange(`${gatehouse.publicUrl}${path}`);
    expect(reply.status).toBe(308);
    expect(reply.headers.location).toBe(secure(path));
    expect(reply.setCookies).toEqual([]);
  });

  test.each(['/logout', '/saml/idp/sso', `/login/${'A'.repeat(50)}`])('no form is taken at %s', async (path) => {
    await expectRefused(gatehouse, { status: 403, code: 'ERR_REQUEST_FORGED' }, () =>
      exchange(`${gatehouse.publicUrl}${path}`, { method: 'POST', form: { csrf: 'x' } }),
    );
  });
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
