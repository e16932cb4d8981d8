import { describe, expect, it } from 'vitest';
import type { Resolve } from '../../../src/adapters/web/addresses.ts';
import { createDocumentFetch } from '../../../src/adapters/web/document-fetch.ts';
import type { DocumentRequest } from '../../../src/spi/document-fetch.ts';
import { type DocumentServer, startDocumentServer } from '../../support/document-server.ts';

const loopback = ['127.0.0.0/8', '::1'];
const never = new AbortController().signal;

function fetchFrom(
  server: DocumentServer,
  path = '/',
  more: Partial<DocumentRequest> & {
    resolve?: Resolve;
    timeoutMs?: number;
    allow?: string[];
    maxBytes?: number;
    signal?: AbortSignal;
  } = {},
) {
  const fetch = createDocumentFetch({
    maxBytes: more.maxBytes ?? 1000,
    timeoutMs: more.timeoutMs ?? 10_000,
    allowPrivateAddresses: more.allow ?? loopback,
    authorities: server.authority || undefined,
    resolve: more.resolve,
  });
  const { etag, lastModified } = more;
  const url = more.url ?? `${server.origin}${path}`;
  return fetch({ url, accept: 'application/samlmetadata+xml', etag, lastModified }, more.signal ?? never);
}
const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => 'nothing',
    (error) => `${error.code}: ${error.facts?.problem ?? ''}`,
  );
const at = (address: string) => [{ address, family: address.includes(':') ? 6 : 4 }];

describe('a document over HTTPS', () => {
  it('comes with what it is asked for by the next time', async () => {
    const server = await startDocumentServer();
    server.answer = (request, response) => {
      if (request.headers['if-none-match'] === '"1"' && request.headers['if-modified-since'] === 'then') {
        response.writeHead(304).end();
      } else response.writeHead(200, { etag: '"1"', 'last-modified': 'then' }).end('text');
    };
    const first = await fetchFrom(server);
    expect(first).toEqual({ status: 'fetched', bytes: Buffer.from('text'), etag: '"1"', lastModified: 'then' });
    expect(await fetchFrom(server, '/', { etag: '"1"', lastModified: 'then' })).toEqual({ status: 'unchanged' });
    expect(server.requests[0]?.headers.accept).toBe('application/samlmetadata+xml');
  });

  it('may be absent', async () => {
    expect(await fetchFrom(await startDocumentServer())).toEqual({ status: 'absent' });
  });

  it('is refused from a server whose certificate no authority vouches for', async () => {
    const server = await startDocumentServer();
    const other = await startDocumentServer();
    expect(await problemOf(fetchFrom({ ...server, authority: other.authority }))).toMatch(
      /^ERR_STORE_UNAVAILABLE: (DEPTH_ZERO_)?SELF_SIGNED_CERT/,
    );
  });

  it('is refused from a server with a certificate for another name', async () => {
    const server = await startDocumentServer({ hostName: 'other.test' });
    const url = `https://localhost:${server.port}/`;
    expect(await problemOf(fetchFrom(server, '/', { url }))).toBe(
      'ERR_STORE_UNAVAILABLE: ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });

  it.each([
    [500, 'status 500'],
    [206, 'status 206'],
  ])('is refused with status %s', async (status, problem) => {
    const server = await startDocumentServer();
    server.answer = (_request, response) => response.writeHead(status).end('x');
    expect(await problemOf(fetchFrom(server))).toBe(`ERR_STORE_UNAVAILABLE: ${problem}`);
  });

  it('is refused when it is too large, whatever it says of its size', async () => {
    const server = await startDocumentServer();
    server.answer = (_request, response) => {
      response.writeHead(200);
      response.write('x'.repeat(600));
      response.end('x'.repeat(600));
    };
    expect(await problemOf(fetchFrom(server))).toBe('ERR_STORE_UNAVAILABLE: more than 1000 bytes');
  });

  it('is not waited for without end: a server that accepts and is silent, one that stops in the middle', async () => {
    const server = await startDocumentServer();
    server.answer = () => undefined;
    const silent = 'ERR_STORE_UNAVAILABLE: no whole answer within 0.2 s';
    expect(await problemOf(fetchFrom(server, '/', { timeoutMs: 200 }))).toBe(silent);
    server.answer = (_request, response) => void response.writeHead(200).write('x');
    expect(await problemOf(fetchFrom(server, '/', { timeoutMs: 200 }))).toBe(silent);
  });

  it('is given up when the server stops', async () => {
    const server = await startDocumentServer();
    const stop = new AbortController();
    server.answer = () => stop.abort();
    expect(await problemOf(fetchFrom(server, '/', { signal: stop.signal }))).toMatch(/^ERR_DEADLINE_EXCEEDED/);
  });
});

describe('a redirect', () => {
  const to =
    (location: string) => (request: { url?: string | undefined }, response: import('node:http').ServerResponse) =>
      request.url === '/there' ? response.end('there') : response.writeHead(302, { location }).end();

  it('is followed within https', async () => {
    const server = await startDocumentServer();
    server.answer = to('/there');
    expect(await fetchFrom(server)).toMatchObject({ status: 'fetched', bytes: Buffer.from('there') });
  });

  it.each([
    ['http://localhost/there', 'a redirect from https: to http:'],
    ['file:///etc/passwd', 'a redirect from https: to file:'],
    ['https://', 'a redirect to nowhere'],
    ['/circle', 'more than 3 redirects'],
    [
      'https://169.254.169.254/latest',
      '169.254.169.254 is not a public address: allow-private-addresses names those that may be asked',
    ],
    [
      'https://[::ffff:10.0.0.1]/',
      '::ffff:a00:1 is not a public address: allow-private-addresses names those that may be asked',
    ],
  ])('to %s is refused', async (location, problem) => {
    const server = await startDocumentServer();
    server.answer = to(location);
    expect(await problemOf(fetchFrom(server))).toBe(`ERR_STORE_UNAVAILABLE: ${problem}`);
  });
});

describe('an address that is not public', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.1.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
  ])('%s is not asked, whatever name leads there', async (address) => {
    const server = await startDocumentServer();
    const resolve = async () => at(address);
    const url = `https://metadata.test:${server.port}/`;
    expect(await problemOf(fetchFrom(server, '/', { url, resolve, allow: [] }))).toBe(
      `ERR_STORE_UNAVAILABLE: metadata.test is ${address}, which is not a public address: allow-private-addresses names those that may be asked`,
    );
    expect(server.requests).toEqual([]);
  });

  it('is not asked when it stands in the URL, in any spelling', async () => {
    const server = await startDocumentServer({ secure: false });
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost']) {
      const url = `http://${host}:${server.port}/`;
      expect(await problemOf(fetchFrom(server, '/', { url, allow: [] }))).toContain('is not a public address');
    }
    expect(server.requests).toEqual([]);
  });

  it('spoils a name that also has a public one', async () => {
    const server = await startDocumentServer();
    const resolve = async () => [...at('93.184.216.34'), ...at('127.0.0.1')];
    const url = `https://metadata.test:${server.port}/`;
    expect(await problemOf(fetchFrom(server, '/', { url, resolve, allow: [] }))).toContain(
      'metadata.test is 127.0.0.1',
    );
    expect(server.requests).toEqual([]);
  });

  it('is asked where it is named', async () => {
    const server = await startDocumentServer({ secure: false });
    server.answer = (_request, response) => response.end('text');
    expect(
      await fetchFrom(server, '/', { allow: ['127.0.0.1'], url: `http://127.0.0.1:${server.port}/` }),
    ).toMatchObject({ status: 'fetched' });
  });
});

describe('a name that changes between two looks (DNS rebinding)', () => {
  it('is looked up once: the address that was checked is the one that is asked', async () => {
    const server = await startDocumentServer({ secure: false });
    server.answer = (_request, response) => response.end('text');
    let looks = 0;
    const looked = () => {
      looks += 1;
      return looks;
    };
    // The first answer is allowed; every later one would lead to where nobody may go.
    const resolve = async () => at(looked() === 1 ? '127.0.0.1' : '127.0.0.2');
    const url = `http://rebound.test:${server.port}/`;
    expect(await fetchFrom(server, '/', { url, resolve, allow: ['127.0.0.1'] })).toMatchObject({ status: 'fetched' });
    expect(looks).toBe(1);
    expect(await problemOf(fetchFrom(server, '/', { url, resolve, allow: ['127.0.0.1'] }))).toContain(
      'rebound.test is 127.0.0.2',
    );
    expect(server.requests).toHaveLength(1);
  });

  it('is looked up again after a redirect, and checked again', async () => {
    const server = await startDocumentServer({ secure: false });
    server.answer = (_request, response) => response.writeHead(302, { location: '/again' }).end();
    let looks = 0;
    const looked = () => {
      looks += 1;
      return looks;
    };
    const resolve = async () => at(looked() === 1 ? '127.0.0.1' : '10.0.0.1');
    const url = `http://rebound.test:${server.port}/`;
    expect(await problemOf(fetchFrom(server, '/', { url, resolve, allow: ['127.0.0.1'] }))).toContain(
      'rebound.test is 10.0.0.1',
    );
    expect(server.requests).toHaveLength(1);
  });
});
