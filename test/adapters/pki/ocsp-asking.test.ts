/** @module Asking OCSP responders: whom, how often, and what happens when nobody answers. */
import { describe, expect, it } from 'vitest';
import { client } from '../../support/client-certificates.ts';
import { rejectionOf } from '../../support/thrown-code.ts';
import { truststoreOver } from '../../support/truststores.ts';
import { alice, bob, delegate, files, made, middle, plain, responder, store, unknown } from './ocsp-fixture.ts';

describe('the cache', () => {
  it('keeps an answer until its next update', async () => {
    let later = 0;
    const ask = await store({}, {}, {}, () => Date.now() + later);
    await ask();
    await ask();
    expect(responder.requests).toHaveLength(1);
    later = 2 * 3_600_000;
    await ask();
    expect(responder.requests).toHaveLength(2);
  });

  it('keeps a revocation as well', async () => {
    const ask = await store();
    await ask(bob);
    expect(await ask(bob)).toMatchObject({ reason: 'revoked' });
    expect(responder.requests).toHaveLength(1);
  });

  it('keeps no answer that was refused', async () => {
    responder.state.signer = plain;
    const ask = await store();
    await ask();
    responder.state.signer = delegate;
    expect(await ask()).toEqual({ status: 'trusted' });
  });
});

describe('silence', () => {
  const away = 'http://127.0.0.1:1';

  it('cannot be told from an answer in hard-fail: nobody is let in', async () => {
    const ask = await store({ responder: away });
    expect(await rejectionOf(ask())).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('lets in where soft-fail says so', async () => {
    expect(await (await store({ responder: away, mode: 'soft-fail' }))()).toEqual({ status: 'trusted' });
  });

  it.each([
    ['an error', { status: 500 }],
    ['another type', { type: 'text/html' }],
    ['more than 64 KiB', { body: new Uint8Array(65 * 1024) }],
  ])('is also %s', async (_what, answer) => {
    responder.state.answer = answer;
    const ask = await store();
    expect(await rejectionOf(ask())).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('is a responder that never answers', async () => {
    responder.state.answer = { never: true };
    const ask = await store({ timeoutMs: 100 });
    expect(await rejectionOf(ask())).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('makes the next logins not wait, until the pause is over', async () => {
    let later = 0;
    responder.state.answer = { status: 500 };
    const ask = await store({}, {}, {}, () => Date.now() + later);
    await rejectionOf(ask());
    await rejectionOf(ask());
    expect(responder.requests).toHaveLength(1);
    responder.state.answer = undefined;
    later = 16_000;
    expect(await ask()).toEqual({ status: 'trusted' });
  });

  it('is answered by a revocation list that is at hand', async () => {
    const list = { 'list.pem': made.revocationList(middle, [bob]) };
    const ask = await store({ responder: away }, { crl: ['list.pem'] }, list);
    expect(await ask()).toEqual({ status: 'trusted' });
    expect(await ask(bob)).toMatchObject({ reason: 'revoked' });
  });

  it('ends at the deadline of the login', async () => {
    responder.state.answer = { never: true };
    const { store: opened } = await truststoreOver(files(), {
      certificates: ['root.pem'],
      revocationScope: 'leaf',
      ocsp: {
        mode: 'soft-fail',
        responder: responder.url,
        overrideResponder: false,
        aiaHosts: [],
        nonce: 'off',
        timeoutMs: 60_000,
        skewMs: 0,
        maxAgeMs: 0,
      },
    });
    const controller = new AbortController();
    const asking = rejectionOf(opened.validate([alice.der, middle.der], controller.signal));
    controller.abort();
    expect(await asking).toBe('ERR_DEADLINE_EXCEEDED');
  });
});

describe('who is asked', () => {
  const named = (url: string, name: string) =>
    made.issue(name, { issuer: middle, extensions: [...client, `authorityInfoAccess=OCSP;URI:${url}`] });

  it('is not whom the certificate names, unless its host is in the configuration', async () => {
    const carol = named(`${responder.url}/aia`, 'carol');
    responder.state.rows = [{ certificate: carol, revoked: false }];
    expect(await (await store({ responder: undefined as never }))(carol)).toEqual(unknown('no responder'));
    expect(responder.requests).toEqual([]);
    const allowed = await store({ responder: undefined as never, aiaHosts: ['127.0.0.1'] });
    expect(await allowed(carol)).toEqual({ status: 'trusted' });
    expect(responder.requests[0]?.url).toBe('/aia');
  });

  it('is the configured responder alone where it overrides', async () => {
    const dave = named('http://127.0.0.1:1/', 'dave');
    responder.state.rows = [{ certificate: dave, revoked: false }];
    const ask = await store({ aiaHosts: ['*'], overrideResponder: true });
    expect(await ask(dave)).toEqual({ status: 'trusted' });
  });

  it('is asked by way of the proxy', async () => {
    const ask = await store({ responder: 'http://ocsp.example/status', proxy: responder.url });
    expect(await ask()).toEqual({ status: 'trusted' });
    expect(responder.requests[0]?.url).toBe('http://ocsp.example/status');
  });

  it('is asked about every authority of the path as well, unless the scope is the leaf', async () => {
    const ask = await store({}, { revocationScope: 'chain' });
    // The responder of `middle` does not know about the certificate of `middle` itself.
    expect(await ask()).toMatchObject({ reason: 'revocation-unknown' });
    expect(responder.requests).toHaveLength(2);
  });
});
