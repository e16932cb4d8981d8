/** @module What an answer of the application is when it reaches the client. */
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { start } from './gateway-fixture.ts';

describe('an answer', () => {
  const answering = (listener: RequestListener) => start({ behind: listener });

  it('keeps status, fields and bytes, and nothing of the policy of our pages', async () => {
    const fixture = await answering((_request, response) => {
      response.writeHead(207, {
        'content-security-policy': 'default-src *',
        'x-frame-options': 'SAMEORIGIN',
        etag: '"1"',
      });
      response.end('<p>hello');
    });
    const { status, headers, body } = await fixture.send('/sampleApp1/open');
    expect([status, body]).toEqual([207, '<p>hello']);
    expect(headers).toMatchObject({
      'content-security-policy': 'default-src *',
      'x-frame-options': 'SAMEORIGIN',
      etag: '"1"',
    });
    expect(headers).not.toHaveProperty('cross-origin-opener-policy');
    expect(headers).not.toHaveProperty('content-type');
  });

  it('sets the cookies of the application and none of ours', async () => {
    const fixture = await answering((_request, response) => {
      response.setHeader('set-cookie', ['GATEHOUSE_SSO=evil; Path=/', 'JSESSIONID=1', 'theme=dark']);
      response.end();
    });
    expect((await fixture.send('/sampleApp1/open')).headers['set-cookie']).toEqual(['JSESSIONID=1', 'theme=dark']);
  });

  it('redirects to our side where the application redirects to itself', async () => {
    const fixture = await answering((incoming, response) => {
      response.writeHead(302, { location: `http://${incoming.headers.host}/sampleApp1/next` }).end();
    });
    const { status, headers } = await fixture.send('/sampleApp1/open');
    expect([status, headers.location]).toEqual([302, '/sampleApp1/next']);
  });

  it('to HEAD tells the length without the body', async () => {
    const fixture = await answering((_request, response) => {
      response.writeHead(200, { 'content-length': '12345' }).end();
    });
    const { headers, body } = await fixture.send('/sampleApp1/open', { method: 'HEAD' });
    expect([headers['content-length'], body]).toEqual(['12345', '']);
  });

  it('that says 503 is passed on, and asked for once', async () => {
    let asked = 0;
    const fixture = await answering((_request, response) => {
      asked += 1;
      response.writeHead(503, { 'retry-after': '1' }).end('busy');
    });
    expect(await fixture.send('/sampleApp1/open')).toMatchObject({ status: 503, body: 'busy' });
    expect(asked).toBe(1);
  });

  it('passes its body on while the application is still writing', async () => {
    const finish = Promise.withResolvers<void>();
    const fixture = await answering(async (_request, response) => {
      response.write('one');
      await finish.promise;
      response.end('two');
    });
    const outgoing = fixture.openPost('/sampleApp1/open').end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const [chunk] = await once(response, 'data');
    expect(String(chunk)).toBe('one');
    finish.resolve();
    await once(response, 'end');
  });

  it('that breaks off breaks off for the client too', async () => {
    const fixture = await answering((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('one', () => response.destroy());
    });
    await expect(fixture.send('/sampleApp1/open')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
