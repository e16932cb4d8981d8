import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsLogged, expectRefused, expectSecurityHeaders, sessionsBegun } from '../../support/bad-input.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { decisionOf } from '../../support/html-page.ts';
import { exchange } from '../../support/http-client.ts';
import { openRaw, replyOf, sendRaw, statusesOf } from '../../support/raw-http.ts';
import { metadataOf, serviceProvider } from '../../support/service-provider.ts';
import { signedIn, signInPath } from '../../support/signed-in.ts';

let gatehouse: Gatehouse;

beforeAll(async () => {
  gatehouse = await startGatehouse({
    content: { partners: [{ file: 'sp.xml', metadata: metadataOf(serviceProvider('sp')) }] },
  });
});
afterAll(() => gatehouse?.stop());

const somePending = 'A'.repeat(43);
const posts = ['/saml/idp/sso', `/login/${somePending}`, '/logout'] as const;
const gets = [
  '/',
  `/login/${somePending}`,
  '/logout',
  '/saml/idp/metadata',
  '/saml/idp/sso',
  '/saml/idp/start',
  '/saml/idp/continue',
] as const;
const tenMegabytes = 10 * 1024 * 1024;

/** The client stops writing when it has said enough to be refused: one that writes on may lose the answer to a reset. */
describe('a body of 10 MB', () => {
  const tooLarge = { status: 413, code: 'ERR_REQUEST_TOO_LARGE' } as const;
  const headOf = (path: string, framing: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n${framing}\r\n\r\n`;
  const send = (bytes: string) => async () => replyOf(await sendRaw(gatehouse.publicPort, bytes));

  test.each(posts)('to %s is refused when it is announced', async (path) => {
    const head = headOf(path, `Content-Length: ${tenMegabytes}`);
    await expectRefused(gatehouse, tooLarge, send(`${head}csrf=x`));
  });

  test.each(posts)('to %s in chunks is refused when the limit is reached', async (path) => {
    const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    await expectRefused(gatehouse, tooLarge, send(headOf(path, 'Transfer-Encoding: chunked') + piece.repeat(5)));
  });

  test.each(posts)('to %s, sent to its end whatever the answer, is one record and hurts nobody', async (path) => {
    const before = (await gatehouse.audit()).length;
    await sendRaw(gatehouse.publicPort, headOf(path, `Content-Length: ${tenMegabytes}`) + 'x'.repeat(tenMegabytes));
    const added = (await gatehouse.audit()).slice(before);
    expect(added.map(({ reason }) => reason)).toEqual(['ERR_REQUEST_TOO_LARGE']);
    expect(await gatehouse.health('ready')).toBe(200);
  });

  test('to the management side is refused', async () => {
    const bytes = headOf('/health/ready', `Content-Length: ${tenMegabytes}`);
    await expectRefused(gatehouse, tooLarge, async () => replyOf(await sendRaw(gatehouse.managementPort, bytes)));
  });
});

describe.each(posts)('a POST to %s', (path) => {
  test.each([
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/x-www-form-urlencoded-not',
  ])('as %s is refused', async (type) => {
    await expectRefused(gatehouse, { status: 400, code: 'ERR_REQUEST_MALFORMED' }, () =>
      exchange(`${gatehouse.publicUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{"csrf":"x"}',
      }),
    );
  });

  test('with nothing in it is refused', async () => {
    await expectRefused(gatehouse, { status: 400, code: 'ERR_REQUEST_MALFORMED' }, () =>
      exchange(`${gatehouse.publicUrl}${path}`, { method: 'POST', headers: { 'content-length': '0' } }),
    );
  });
});

describe('a method that an address does not have', () => {
  test.each(
    gets.flatMap((path) =>
      ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE'].map((method) => [method, path] as const),
    ),
  )('%s %s is refused', async (method, path) => {
    const reply = await exchange(`${gatehouse.publicUrl}${path}`, { method });
    expect(reply.status).toBe(405);
    expect(reply.headers['allow']).toContain('GET');
    expect(reply.text).toContain('ERR_METHOD_NOT_ALLOWED');
    expectSecurityHeaders(reply);
  });

  test('is audited like every refusal', async () => {
    await expectRefused(gatehouse, { status: 405, code: 'ERR_METHOD_NOT_ALLOWED' }, () =>
      exchange(`${gatehouse.publicUrl}/logout`, { method: 'PUT' }),
    );
  });

  test.each(['live', 'ready', 'started'])('POST /health/%s is refused', async (name) => {
    expect(
      (await exchange(`http://localhost:${gatehouse.managementPort}/health/${name}`, { method: 'POST' })).status,
    ).toBe(405);
  });

  test('that is no method at all is no request', async () => {
    expect(statusesOf(await sendRaw(gatehouse.publicPort, 'EVIL / HTTP/1.1\r\nHost: localhost\r\n\r\n'))).toEqual([
      400,
    ]);
  });
});

describe('cookies', () => {
  test.each(gets)('of 20 KB on %s are refused', async (path) => {
    const cookie = `GATEHOUSESSO=${'x'.repeat(20 * 1024)}`;
    await expectRefused(gatehouse, { status: 431, code: 'ERR_REQUEST_TOO_LARGE' }, () =>
      exchange(`${gatehouse.publicUrl}${path}`, { headers: { cookie } }),
    );
  });

  test.each([
    ['characters that no cookie has', 'GATEHOUSESSO=\u00ff\u00fe<>"'],
    ['half an escape', 'GATEHOUSESSO=%E0%A4%A'],
    ['a NUL in an escape', `GATEHOUSESSO=%00${'A'.repeat(43)}`],
    ['no name', '=x; ;;; ='],
    ['a thousand names', Array.from({ length: 1000 }, (_, index) => `c${index}=1`).join('; ')],
    ['the names of parts of objects', '__proto__=x; constructor=y; hasOwnProperty=z'],
    ['a value that is almost an id', `GATEHOUSESSO=${'A'.repeat(42)}.`],
  ])('with %s are nobody’s session', async (_name, cookie) => {
    const before = await sessionsBegun(gatehouse);
    const reply = await exchange(gatehouse.publicUrl, { headers: { cookie } });
    expect(reply.status).toBe(303);
    expect(reply.headers.location).toMatch(signInPath);
    expect(await sessionsBegun(gatehouse)).toBe(before);
  });

  test('of one name with two values are nobody’s session, in either order', async () => {
    const mine = (await signedIn(gatehouse.publicUrl)).cookie('localhost', 'GATEHOUSESSO') ?? '';
    const open = (cookie: string) => exchange(gatehouse.publicUrl, { headers: { cookie } });
    expect((await open(`GATEHOUSESSO=${mine}`)).status).toBe(200);
    const planted = 'B'.repeat(43);
    expect((await open(`GATEHOUSESSO=${mine}; GATEHOUSESSO=${planted}`)).status).toBe(303);
    expect((await open(`GATEHOUSESSO=${planted}; GATEHOUSESSO=${mine}`)).status).toBe(303);
  });

  test('with a control character make the request none', async () => {
    expect(
      statusesOf(await sendRaw(gatehouse.publicPort, 'GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=\x01\r\n\r\n')),
    ).toEqual([400]);
  });
});

describe('a request that two readers could read in two ways', () => {
  const smuggled = 'GET /logout HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const head = 'POST /logout HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n';

  test.each<readonly [string, string | Buffer]>([
    ['two lengths', `${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd${smuggled}`],
    ['a length and chunks', `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['chunks and a length', `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`],
    ['two codings', `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a coding that is hidden', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a blank before the colon', `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a folded field', `${head}X: a\r\n Transfer-Encoding: chunked\r\nContent-Length\r\n : 4\r\n\r\n${smuggled}`],
    ['a negative length', `${head}Content-Length: -1\r\n\r\n${smuggled}`],
    ['a length with a sign', `${head}Content-Length: +4\r\n\r\nabcd${smuggled}`],
    ['a length in hex', `${head}Content-Length: 0x4\r\n\r\nabcd${smuggled}`],
    ['a chunk size that is none', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n${smuggled}`],
    ['a chunk size beyond all numbers', `${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n${smuggled}`],
    ['a NUL in a field', `GET / HTTP/1.1\r\nHost: local\0host\r\n\r\n${smuggled}`],
    ['a carriage return alone', `GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rY: b\r\n\r\n${smuggled}`],
    ['no host', `GET / HTTP/1.1\r\nConnection: close\r\n\r\n`],
    ['two hosts', `GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.invalid\r\nConnection: close\r\n\r\n`],
    ['what begins HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['what begins TLS', Buffer.from('160301020001', 'hex')],
  ])('with %s gets one 400, no second answer, and a record', async (_name, bytes) => {
    const before = (await gatehouse.audit()).length;
    const received = await sendRaw(gatehouse.publicPort, bytes);
    expect(statusesOf(received)).toEqual([400]);
    const added = (await gatehouse.audit()).slice(before);
    expect(added.map(({ id }) => id)).toContain(decisionOf(received));
  });

  test.each([
    ['a tunnel', 'CONNECT evil.invalid:443 HTTP/1.1\r\nHost: evil.invalid\r\nConnection: close\r\n\r\n'],
    [
      'an upgrade',
      'GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    ],
  ])('%s is not done', async (_name, bytes) => {
    const received = await sendRaw(gatehouse.publicPort, bytes);
    expect(statusesOf(received).every((status) => status >= 400 && status < 500)).toBe(true);
  });
});

test('a connection that breaks off in the middle of a body hurts nobody', async () => {
  const connection = await openRaw(gatehouse.publicPort);
  connection.write(
    'POST /logout HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ncsrf=',
  );
  connection.socket.destroy();
  await connection.received;
  expect((await exchange(gatehouse.publicUrl)).status).toBe(303);
});

test('none of it began a session that nobody asked for, or was an error of ours', async () => {
  expect(await sessionsBegun(gatehouse)).toBe(1);
  expect(await errorsLogged(gatehouse)).toEqual([]);
  expect(await gatehouse.health('ready')).toBe(200);
});
