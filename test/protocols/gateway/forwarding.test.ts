/** @module What a request is when it reaches a real server behind the gateway. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { maxBodyBytes } from '../../../src/http/app.ts';
import { start } from './gateway-fixture.ts';

describe('a request', () => {
  it('reaches the application in the one spelling that was authorised, with its query as it came', async () => {
    const { seen } = await start();
    expect((await seen('/sampleApp1/%6Fpen/M%c3%bc?x=%2f&x=%41')).url).toBe('/sampleApp1/open/M%C3%BC?x=%2f&x=%41');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s keeps its method and its bytes', async (method) => {
    const { seen } = await start();
    const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const got = await seen('/sampleApp1/open', { method, body, headers: { 'content-type': 'application/json' } });
    expect([got.method, got.headers['content-type']]).toEqual([method, 'application/json']);
    expect(got.body).toBe(body.toString('latin1'));
  });

  it('keeps the bytes of a form', async () => {
    const { seen } = await start();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await seen('/sampleApp1/open', { method: 'POST', body: 'b=%31&b=2&a', headers })).body).toBe('b=%31&b=2&a');
  });

  it('may have no body and no type', async () => {
    const { seen } = await start();
    const got = await seen('/sampleApp1/open', { method: 'POST', headers: { 'content-length': '0' } });
    expect([got.body, got.headers['content-length']]).toEqual(['', '0']);
  });

  it('may be larger than what our own pages accept', async () => {
    const { seen } = await start();
    const body = Buffer.alloc(maxBodyBytes * 3, 'x');
    expect((await seen('/sampleApp1/open', { method: 'POST', body })).body).toHaveLength(body.length);
  });

  it('passes its body on while it is still arriving', async () => {
    const arrived = Promise.withResolvers<string>();
    const fixture = await start({
      behind: async (incoming, response) => {
        incoming.once('data', (chunk) => arrived.resolve(String(chunk)));
        incoming.on('end', () => response.end('done'));
      },
    });
    const outgoing = fixture.openPost('/sampleApp1/open');
    const first = once(outgoing, 'response');
    outgoing.write('one');
    expect(await arrived.promise).toBe('one');
    outgoing.end('two');
    const [response] = (await first) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it('waits for no second answer when it expects 100-continue', async () => {
    const fixture = await start();
    const outgoing = fixture.openPost('/sampleApp1/open', { expect: '100-continue', 'content-length': '3' });
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    outgoing.end('abc');
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const body = (await response.toArray()).join('');
    expect(JSON.parse(body).body).toBe('abc');
  });

  it('names the public host, whatever Host field was sent, and scheme and address of the client', async () => {
    const { seen, application } = await start();
    const { headers } = await seen('/sampleApp1/open', { headers: { host: 'evil.example' } });
    expect(headers).toMatchObject({
      host: application.upstream.slice('http://'.length),
      'x-forwarded-host': 'sso.example.com',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
    });
  });

  it('takes no forged identity with it', async () => {
    const { seen } = await start();
    const headers = { 'X-Remote-User': 'admin', X_Remote_User: 'admin', 'X-Remote-Roles': 'admin' };
    const got = await seen('/sampleApp1/open', { headers });
    expect(Object.values(got.headers)).not.toContain('admin');
  });

  it('takes no session with it', async () => {
    const { seen, signIn } = await start();
    const { headers } = await seen('/sampleApp1/open', { headers: { cookie: `a=1; ${await signIn([])}` } });
    expect(headers['cookie']).toBe('a=1');
  });

  it.each([
    '/sampleApp1/open/../secure/a',
    '/sampleApp1/%2e%2e/secure/a',
    '/sampleApp1/open%2f..%2fsecure',
    '/sampleApp1/secure;x/a',
    '/sampleApp1//secure/a',
    '/sampleApp1/%2573ecure/a',
    '/sampleApp1/secure%00',
    '/sampleApp1/secure\\a',
    '/sampleApp%31/secure/a',
  ])('that could be read in two ways goes nowhere: %s', async (path) => {
    const { send } = await start();
    const answer = await send(path);
    expect([answer.status, answer.headers['x-echo']]).toEqual([400, undefined]);
  });

  it('with TRACE is refused', async () => {
    const { send } = await start();
    expect((await send('/sampleApp1/open', { method: 'TRACE' })).status).toBe(405);
  });

  it('with a method that nobody named goes nowhere', async () => {
    const { send } = await start();
    expect((await send('/sampleApp1/secure/a', { method: 'PROPFIND' })).headers).not.toHaveProperty('x-echo');
  });
});
