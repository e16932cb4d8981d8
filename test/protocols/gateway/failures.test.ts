/** @module What happens when the application, the client or a body goes wrong on the way. */
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { upstreamLimits } from '../../../src/http/upstream.ts';
import { start } from './gateway-fixture.ts';

describe('an application that fails', () => {
  it('is reported with a page of ours when nothing listens', async () => {
    const { send, events } = await start({ application: { upstream: 'http://127.0.0.1:9' } });
    const answer = await send('/sampleApp1/open');
    expect(answer.status).toBe(502);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['x-frame-options']).toBe('DENY');
    expect(events.at(-1)?.reason).toBe('ERR_UPSTREAM_UNAVAILABLE');
    expect(answer.body).toContain(`Decision ${events.at(-1)?.id}`);
  });

  it('is reported when a body was on its way to it', async () => {
    const { send } = await start({ application: { upstream: 'http://127.0.0.1:9' } });
    expect((await send('/sampleApp1/open', { method: 'POST', body: 'abc' })).status).toBe(502);
  });

  it('is reported when it does not answer in time', async () => {
    const limits = { ...upstreamLimits, headersTimeoutMs: 50 };
    const { send } = await start({ limits, behind: () => undefined });
    expect((await send('/sampleApp1/open')).status).toBe(502);
  });

  it('is reported when its answer is no HTTP status', async () => {
    const { send } = await start({
      behind: (_request, response) => {
        response.socket?.end('HTTP/1.1 799 Odd\r\ncontent-length: 3\r\nset-cookie: a=1\r\n\r\nodd');
      },
    });
    const { status, headers, body } = await send('/sampleApp1/open');
    expect([status, headers['set-cookie']]).toEqual([502, undefined]);
    expect(body).toContain('ERR_UPSTREAM_UNAVAILABLE');
  });

  it('is reported when its header is over the limit', async () => {
    const limits = { ...upstreamLimits, maxResponseHeaderBytes: 2048 };
    const { send } = await start({
      limits,
      behind: (_request, response) => {
        response.setHeader('x-long', 'x'.repeat(4096)).end();
      },
    });
    expect((await send('/sampleApp1/open')).status).toBe(502);
  });

  const closingFirst = () => {
    const methods: string[] = [];
    const behind: RequestListener = (incoming, response) => {
      methods.push(incoming.method ?? '');
      if (methods.length === 1) incoming.socket.destroy();
      else response.end('second');
    };
    return { methods, behind };
  };

  it('is asked again when it closed the connection on a GET', async () => {
    const { methods, behind } = closingFirst();
    const { send } = await start({ behind });
    expect(await send('/sampleApp1/open')).toMatchObject({ status: 200, body: 'second' });
    expect(methods).toEqual(['GET', 'GET']);
  });

  it('is not asked again when it closed the connection on a POST', async () => {
    const { methods, behind } = closingFirst();
    const { send } = await start({ behind });
    expect((await send('/sampleApp1/open', { method: 'POST' })).status).toBe(502);
    expect(methods).toEqual(['POST']);
  });
});

describe('a body over the limit', () => {
  const limits = { ...upstreamLimits, maxBodyBytes: 10 };

  it('is refused by its announced length before the application hears of it', async () => {
    let asked = 0;
    const { send } = await start({
      limits,
      behind: (_request, response) => {
        asked += 1;
        response.end();
      },
    });
    expect((await send('/sampleApp1/open', { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
    expect(asked).toBe(0);
  });

  it('is cut off when no length was announced', async () => {
    const begun = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<boolean>();
    const fixture = await start({
      limits,
      behind: (incoming) => {
        incoming.on('error', () => aborted.resolve(true)).on('end', () => aborted.resolve(false));
        incoming.on('data', () => begun.resolve());
      },
    });
    const outgoing = fixture.openPost('/sampleApp1/open', { 'transfer-encoding': 'chunked' });
    const answered = once(outgoing, 'response');
    outgoing.write('12345678');
    await begun.promise;
    outgoing.write('9abc');
    const [response] = (await answered) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(413);
    expect(await aborted.promise).toBe(true);
    outgoing.destroy();
  });

  it('may reach the limit', async () => {
    const { seen } = await start({ limits });
    expect((await seen('/sampleApp1/open', { method: 'POST', body: '1234567890' })).body).toBe('1234567890');
  });
});

describe('a client that goes away', () => {
  it('takes its half-sent body back from the application', async () => {
    const begun = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<string>();
    const fixture = await start({
      behind: (incoming) => {
        incoming.on('error', () => aborted.resolve('aborted')).on('end', () => aborted.resolve('complete'));
        incoming.once('data', () => begun.resolve());
      },
    });
    const { hostname, port } = new URL(fixture.origin);
    const socket = connect(Number(port), hostname);
    socket.write('POST /sampleApp1/open HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n12345');
    await begun.promise;
    socket.destroy();
    expect(await aborted.promise).toBe('aborted');
  });
});
