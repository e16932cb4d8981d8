/** @module Client certificates end to end: real TLS from curl, real proxies in front, the gateway and the sign-in page behind. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authority, createCertificates, type IssuedCertificate } from '../support/client-certificates.ts';
import { curl } from '../support/curl.ts';
import { type Echoed, startEchoApplication } from '../support/echo-application.ts';
import { startInProcess } from '../support/in-process-server.ts';
import { type ProxyKind, startTlsProxy } from '../support/servers/tls-proxies.ts';

const made = createCertificates();
const root = made.issue('root', { extensions: authority(), subject: '/O=Example/CN=Root' });
const middle = made.issue('middle', { issuer: root, extensions: authority() });
const alice = made.issue('alice', { issuer: middle, subject: '/O=Example/CN=alice' });
const stranger = made.issue('stranger', { subject: '/O=Example/CN=alice' });
const web = made.issue('web', {
  extensions: ['subjectAltName=DNS:localhost,IP:127.0.0.1', 'basicConstraints=CA:FALSE'],
});
writeFileSync(made.path('alice-chain.crt'), alice.pem + middle.pem);
writeFileSync(made.path('alice-chain.key'), alice.keyPem);

const application = await startEchoApplication();
afterAll(async () => {
  await application.stop();
  made.remove();
});

/** What every server has; `lines` goes to the top of its configuration. */
const files = (lines: string, store = '') => ({
  'web.crt': web.pem,
  'web.key': web.keyPem,
  'root.crt': root.pem,
  'middle.crt': middle.pem,
  'users.properties': 'eric=secret\n',
  'roles.properties': 'CN\\=alice,\\ O\\=Example=reader\neric=reader\n',
  'gatehouse.yaml': `
${lines}
truststores: { people: { certificates: [root.crt]${store} } }
security-domains:
  people:
    authentication:
      - { code: CertificateRoles, flag: sufficient, module-options: { truststore: people } }
      - { code: UsersRoles, flag: sufficient }
applications:
  app: { security-domain: people, mechanisms: [CLIENT-CERT, FORM], upstream: '${application.origin}', constraints: [{ path: /*, roles: [reader] }] }
  machines: { security-domain: people, mechanisms: [CLIENT_CERT], upstream: '${application.origin}', constraints: [{ path: /*, roles: [reader] }] }
`,
});
const tls = (asking = '') => `tls: { certificate: web.crt, key: web.key${asking} }`;

const shows = ({ name }: { readonly name: string }) => [
  '--cert',
  made.path(`${name}.crt`),
  '--key',
  made.path(`${name}.key`),
];
const withIntermediate = { name: 'alice-chain' };
const trusting = ['--cacert', made.path('web.crt')];
const userIn = (body: string) => decodeURIComponent(String((JSON.parse(body) as Echoed).headers['x-remote-user']));

describe('a listener that asks for certificates', () => {
  let server: Awaited<ReturnType<typeof startInProcess>>;
  beforeAll(async () => {
    server = await startInProcess({ files: files(tls(', client-certificates: optional, truststore: people')) });
  });
  afterAll(() => server?.stop());
  const get = (path: string, ...args: readonly string[]) => curl(...trusting, ...args, `${server.url}${path}`);

  it('lets in who shows a certificate and the intermediate above it', async () => {
    const { status, body } = await get('/machines/x', ...shows(withIntermediate));
    expect(status).toBe(200);
    expect(userIn(body)).toBe('CN=alice, O=Example');
  });

  it('does not let in who leaves the intermediate out', async () => {
    expect((await get('/machines/x', ...shows(alice))).status).toBe(403);
  });

  it('does not let in who made a certificate of his own', async () => {
    expect((await get('/machines/x', ...shows(stranger))).status).toBe(403);
  });

  it('lets nobody in by a header field', async () => {
    const chain = [alice, middle].map(({ der }) => `:${Buffer.from(der).toString('base64')}:`);
    const fields = [
      '-H',
      `Client-Cert: ${chain[0]}`,
      '-H',
      `Client-Cert-Chain: ${chain[1]}`,
      '-H',
      `X-SSL-Client-Cert: ${encodeURIComponent(alice.pem)}`,
    ];
    expect((await get('/machines/x', ...fields)).status).toBe(403);
  });

  it('keeps such header fields from the application', async () => {
    const { body } = await get(
      '/machines/x',
      ...shows(withIntermediate),
      '-H',
      'X-SSL-Client-S-DN: CN=admin',
      '-H',
      'SSL_CLIENT_VERIFY: SUCCESS',
    );
    expect(Object.keys((JSON.parse(body) as Echoed).headers).filter((name) => /ssl|cert/.test(name))).toEqual([]);
  });

  it('lets who has the wrong certificate sign in with a password', async () => {
    const jar = ['--cookie-jar', made.path('wrong-jar'), '--cookie', made.path('wrong-jar')];
    const wrong = shows(stranger);
    const page = await get('/app/x', ...wrong, ...jar, '--location');
    expect(page.body).toContain('The certificate that your browser has shown is not accepted here.');
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.body)?.[1] ?? '';
    const action = /action="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const form = [
      '--data-urlencode',
      `csrf=${field('csrf')}`,
      '--data-urlencode',
      'j_username=eric',
      '--data-urlencode',
      'j_password=secret',
    ];
    const done = await get(action, ...wrong, ...jar, '--location', ...form);
    expect(done.status).toBe(200);
    expect(userIn(done.body)).toBe('eric');
    expect((await get('/app/y', ...wrong, ...jar)).status).toBe(200);
  });

  it('asks for the certificates of its truststore', async () => {
    const { port } = new URL(server.url);
    // Not the synchronous one: the server is in this process.
    const asking = promisify(execFile)('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2']);
    asking.child.stdin?.end();
    const { stdout: asked } = await asking;
    expect(asked).toMatch(/Acceptable client certificate CA names\nO = Example, CN = Root\n[A-Z]/);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'never resumes a session of %s, which would have lost the intermediate',
    async (version) => {
      const { port } = new URL(server.url);
      const chain = readFileSync(made.path('alice-chain.crt'));
      const talk = (session?: Buffer) =>
        new Promise<{ readonly session: Buffer | undefined; readonly reused: boolean; readonly answer: string }>(
          (resolve, reject) => {
            let kept: Buffer | undefined;
            let answer = '';
            const socket = connect({
              host: '127.0.0.1',
              port: Number(port),
              ca: web.pem,
              cert: chain,
              key: alice.keyPem,
              maxVersion: version,
              minVersion: version,
              ...(session === undefined ? {} : { session }),
            });
            socket.on('session', (next) => {
              kept = next;
            });
            socket.on('secureConnect', () =>
              socket.write('GET /machines/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
            );
            socket.on('data', (chunk) => {
              answer += chunk;
            });
            socket.on('error', reject);
            socket.on('end', () => resolve({ session: kept, reused: socket.isSessionReused(), answer }));
          },
        );
      const first = await talk();
      const second = await talk(first.session);
      expect([first.answer, second.answer].map((text) => text.slice(0, 12))).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
      expect(second.reused).toBe(false);
    },
  );
});

it('a listener that requires a certificate closes a connection without one', async () => {
  const server = await startInProcess({ files: files(tls(', client-certificates: required, truststore: people')) });
  const get = (...args: string[]) => curl(...trusting, ...args, `${server.url}/machines/x`);
  expect((await get()).status).toBe(0);
  expect((await get(...shows(withIntermediate))).status).toBe(200);
  expect((await get(...shows(stranger))).status).toBe(403);
  await server.stop();
});

it('a listener that does not ask gets no certificate', async () => {
  const server = await startInProcess({ files: files(tls()) });
  expect((await curl(...trusting, ...shows(withIntermediate), `${server.url}/machines/x`)).status).toBe(403);
  await server.stop();
});

const proxies: readonly (readonly [ProxyKind, string, IssuedCertificate | { readonly name: string }])[] = [
  ['nginx', 'nginx', withIntermediate],
  ['apache', 'apache', withIntermediate],
  ['haproxy', 'haproxy', withIntermediate],
  ['haproxy-rfc9440', 'rfc9440', withIntermediate],
];

describe.each(proxies)('%s in front, configured as %s', (kind, format, person) => {
  let server: Awaited<ReturnType<typeof startInProcess>>;
  let proxy: Awaited<ReturnType<typeof startTlsProxy>>;
  beforeAll(async () => {
    server = await startInProcess({
      files: files(
        `trusted-proxies: [127.0.0.1]\nclient-certificate-header: { format: ${format} }`,
        // These hand on the client's own certificate alone.
        ', intermediates: [middle.crt]',
      ),
    });
    proxy = await startTlsProxy(kind, {
      serverPem: web.pem,
      serverKeyPem: web.keyPem,
      authoritiesPem: root.pem,
      upstream: `127.0.0.1:${server.httpPort}`,
    });
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
  });
  const get = (...args: readonly string[]) => curl(...trusting, ...args, `${proxy.url}/machines/x`);

  it('hands on the certificate that the client has proved', async () => {
    const { status, body } = await get(...shows(person));
    expect(status).toBe(200);
    expect(userIn(body)).toBe('CN=alice, O=Example');
  });

  it('hands on nothing where there is none, whatever the client writes', async () => {
    const base64 = Buffer.from(alice.der).toString('base64');
    expect((await get()).status).toBe(403);
    for (const value of [
      encodeURIComponent(alice.pem),
      alice.pem.trim().replaceAll('\n', ' '),
      base64,
      `:${base64}:`,
    ]) {
      for (const name of ['X-SSL-Client-Cert', 'Client-Cert', 'X-Forwarded-Tls-Client-Cert']) {
        expect((await get('-H', `${name}: ${value}`)).status).toBe(403);
      }
    }
  });
});
