import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsLogged, expectRefused, sessionsBegun } from '../../support/bad-input.ts';
import { passwords } from '../../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { createHttpClient, exchange, type HttpClient } from '../../support/http-client.ts';
import { sendRaw, statusesOf } from '../../support/raw-http.ts';

/** What reached the application behind: its path and fields. */
const reached: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
const application = createServer((request, response) => {
  reached.push({ url: request.url ?? '', headers: request.headers });
  request.resume();
  response.end('application');
});

let gatehouse: Gatehouse;
let eric: HttpClient;

beforeAll(async () => {
  application.listen({ host: '127.0.0.1', port: 0 });
  await once(application, 'listening');
  const address = application.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const shop = {
    'security-domain': 'idp-domain',
    mechanisms: ['FORM'],
    upstream: `http://127.0.0.1:${port}`,
    constraints: [{ path: '/secure/*', roles: ['all'] }],
  };
  gatehouse = await startGatehouse({ content: { configuration: { applications: { shop } } } });
  eric = createHttpClient();
  const form = await eric.open(`${gatehouse.publicUrl}/shop/secure/a`);
  expect((await eric.submit(form, { j_username: 'eric', j_password: passwords.eric })).text).toBe('application');
});
afterAll(async () => {
  application.close();
  await gatehouse?.stop();
});

describe('a path that two readers could read in two ways', () => {
  test.each([
    '/shop/open/..%2fsecure/a',
    '/shop/open/%2e%2e/secure/a',
    '/shop/open/%252e%252e/secure/a',
    '/shop//secure/a',
    '/shop/secure;x/a',
    '/shop/%5csecure/a',
    '/shop/secure%00/a',
    '/shop/%C0%AE%C0%AE/secure/a',
    '/shop/a%0d%0aX:%20y',
  ])('%s is refused and does not reach the application', async (path) => {
    const before = reached.length;
    await expectRefused(gatehouse, { status: 400, code: 'ERR_REQUEST_MALFORMED' }, () =>
      exchange(`${gatehouse.publicUrl}${path}`, { rawPath: path }),
    );
    expect(reached).toHaveLength(before);
  });

  test.each(['/shop/../shop/secure/a', '/shop/./secure/a', '/shop/open/../secure/a'])(
    '%s, sent as it is, does not reach the application',
    async (path) => {
      const before = reached.length;
      const received = await sendRaw(
        gatehouse.publicPort,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(statusesOf(received)[0]).toBeGreaterThanOrEqual(400);
      expect(reached).toHaveLength(before);
    },
  );
});

test.each([
  'x-remote-user',
  'X-Remote-Roles',
  'X_Remote_User',
  'remote-user',
  'x-gatehouse-user',
  'x-forwarded-user',
  'x-original-url',
])('a client cannot speak in our name with %s', async (name) => {
  const reply = await eric.send(`${gatehouse.publicUrl}/shop/secure/a`, { headers: { [name]: 'admin' } });
  expect(reply.status).toBe(200);
  const headers: IncomingHttpHeaders = reached.at(-1)?.headers ?? {};
  expect(headers['x-remote-user']).toBe('eric');
  expect(Object.values(headers)).not.toContain('admin');
});

test('who has not the role is told so, with a decision, and does not reach the application', async () => {
  const amar = createHttpClient();
  const form = await amar.open(`${gatehouse.publicUrl}/shop/secure/a`);
  const before = reached.length;
  const reply = await amar.submit(form, { j_username: 'amar', j_password: passwords.amar });
  expect(reply.status).toBe(403);
  const decision = /Decision ([0-9A-Z]{26})/.exec(reply.text)?.[1] ?? '';
  expect((await gatehouse.explain(decision)).stdout).toContain('authorization');
  expect(reached).toHaveLength(before);
});

test('our cookies do not reach the application', async () => {
  await eric.send(`${gatehouse.publicUrl}/shop/secure/a`, {
    headers: { cookie: `GATEHOUSESSO=${eric.cookie('localhost', 'GATEHOUSESSO')}; theirs=1` },
  });
  expect(reached.at(-1)?.headers.cookie).toBe('theirs=1');
});

test('a request smuggled behind another does not reach the application', async () => {
  const before = reached.length;
  const received = await sendRaw(
    gatehouse.publicPort,
    'POST /shop/open HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /shop/secure/a HTTP/1.1\r\nHost: localhost\r\n\r\n',
  );
  expect(statusesOf(received)).toEqual([400]);
  expect(reached.slice(before).map(({ url }) => url)).not.toContain('/shop/secure/a');
});

test('an application that is down is a clear answer', async () => {
  application.close();
  application.closeAllConnections();
  const reply = await eric.send(`${gatehouse.publicUrl}/shop/open`);
  expect(reply.status).toBe(502);
  expect(reply.text).toContain('ERR_UPSTREAM_UNAVAILABLE');
});

test('two sessions were begun, and only the application that was down is in the log of errors', async () => {
  expect(await sessionsBegun(gatehouse)).toBe(2);
  expect((await errorsLogged(gatehouse)).filter((line) => !line.includes('ERR_UPSTREAM_UNAVAILABLE'))).toEqual([]);
});
