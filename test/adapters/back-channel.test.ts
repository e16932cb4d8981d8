/** @module POSTs from server to server against real servers on loopback, well-behaved and otherwise. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBackChannel } from '../../src/adapters/back-channel.ts';
import type { BackChannelRequest } from '../../src/spi/back-channel.ts';
import { makeKeyPair } from '../support/keys.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const serving = async (handler: RequestListener) => `http://127.0.0.1:${await listening(createServer(handler))}/slo`;
const post = createBackChannel({ connectMs: 5000 });
const request = (url: string, changes: Partial<BackChannelRequest> = {}): BackChannelRequest => ({
  url,
  body: '<a>ä</a>',
  headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '"x"' },
  maxBytes: 1000,
  ...changes,
});
const patient = () => new AbortController().signal;

describe('a POST from server to server', () => {
  it('carries the body and the headers, and brings the answer back', async () => {
    const url = await serving((incoming, reply) => {
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('end', () => {
        const { method, headers } = incoming;
        reply.end(`${method} ${headers['content-type']} ${headers['soapaction']} ${Buffer.concat(pieces).toString()}`);
      });
    });
    const answer = await post(request(url), patient());
    expect(answer).toMatchObject({ status: 'answered', httpStatus: 200 });
    expect(answer.status === 'answered' && Buffer.from(answer.body).toString()).toBe(
      'POST text/xml; charset=utf-8 "x" <a>ä</a>',
    );
  });

  it('does not follow a redirect', async () => {
    let asked = 0;
    const url = await serving((_, reply) => {
      asked += 1;
      reply.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await post(request(url), patient())).toMatchObject({ status: 'answered', httpStatus: 302 });
    expect(asked).toBe(1);
  });

  it('to nobody says so', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    const refused = { status: 'unreachable', reason: 'ECONNREFUSED' };
    expect(await post(request(`http://127.0.0.1:${port}/`), patient())).toEqual(refused);
  });

  it('takes no answer that is too long', async () => {
    const url = await serving((_, reply) => reply.end('x'.repeat(1001)));
    expect(await post(request(url), patient())).toEqual({ status: 'unreachable', reason: 'answer-too-large' });
  });

  it('stops at its signal when nobody answers', async () => {
    const controller = new AbortController();
    const url = await serving(() => controller.abort());
    expect(await post(request(url), controller.signal)).toEqual({ status: 'unreachable', reason: 'no-answer-in-time' });
  });

  it('stops when a TLS connection does not come about', async () => {
    const port = await listening(createTcpServer());
    const impatient = createBackChannel({ connectMs: 1 });
    expect(await impatient(request(`https://127.0.0.1:${port}/`), patient())).toEqual({
      status: 'unreachable',
      reason: 'no-connection-in-time',
    });
  });

  it('does not believe a certificate that nobody vouches for', async () => {
    const pair = makeKeyPair('rsa', '127.0.0.1');
    const server = createTlsServer({ key: pair.privateKeyPem, cert: pair.certificatePem }, (_, reply) =>
      reply.end('ok'),
    );
    const port = await listening(server);
    expect(await post(request(`https://127.0.0.1:${port}/`), patient())).toMatchObject({ status: 'unreachable' });
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '192.168.1.1',
    '169.254.169.254',
    '[::1]',
    '[fd00::1]',
    '[::ffff:127.0.0.1]',
    // 6to4, Teredo and documentation lead elsewhere as well.
    '[2002:7f00:1::1]',
    '[2001::1]',
    '192.0.2.1',
    'localhost',
    '0.0.0.0',
  ])('to an address that came from outside does not go to %s', async (host) => {
    let asked = 0;
    const url = await serving((_, reply) => {
      asked += 1;
      reply.end();
    });
    const { port } = new URL(url);
    const answer = await post(request(`http://${host}:${port}/`, { onlyPrivate: [] }), patient());
    expect(answer).toEqual({ status: 'unreachable', reason: 'private-address' });
    expect(asked).toBe(0);
  });

  it.each(['127.0.0.1', '127.0.0.0/8'])('goes to a private address that was named: %s', async (named) => {
    const url = await serving((_, reply) => reply.end('ok'));
    expect(await post(request(url, { onlyPrivate: [named] }), patient())).toMatchObject({ status: 'answered' });
    const { port } = new URL(url);
    const byName = request(`http://localhost:${port}/`, { onlyPrivate: [named, '::1'] });
    expect(await post(byName, patient())).toMatchObject({ status: 'answered' });
  });
});
