/** @module Header fields on their way to an application and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestHeadersFor, responseHeadersFor } from '../../../src/protocols/gateway/forwarded-headers.ts';

const own = new Set(['GATEHOUSE_SSO', 'gatehouse_form']);
const eric = { principal: 'eric', roles: ['all', 'AB'] };

function sent(
  headers: Record<string, string>,
  more: { caller?: typeof eric; consumed?: boolean; method?: string } = {},
) {
  return requestHeadersFor(
    {
      method: more.method ?? 'POST',
      headers,
      sourceAddress: '192.0.2.7',
      scheme: 'https',
      host: 'sso.example.com:8443',
    },
    { caller: more.caller, consumesAuthorization: more.consumed ?? false, ownCookies: own },
  );
}

const received = (headers: Record<string, string | string[]>) =>
  responseHeadersFor(headers, { ownCookies: own, upstream: 'http://127.0.0.1:9001' });

describe('fields to an application', () => {
  it('say who it is', () => {
    expect(sent({}, { caller: eric })).toMatchObject({ 'x-remote-user': 'eric', 'x-remote-roles': 'all,AB' });
  });

  it('say nothing about nobody', () => {
    expect(Object.keys(sent({}))).not.toContain('x-remote-user');
  });

  it('say where the request came from', () => {
    expect(sent({ 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6' })).toEqual({
      via: '1.1 gatehouse',
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'sso.example.com:8443',
    });
  });

  it.each([
    'x-remote-user',
    'x_remote_user',
    'x-remote_roles',
    'x.remote.user',
    'x-remote-group',
    'remote-user',
    'x-gatehouse-decision',
    'x-ssl-cert',
    'x-client-dn',
    'x-client-verify',
    'x-arr-clientcert',
    'x_gatehouse_anything',
    'x-forwarded-user',
    'x-forwarded-port',
    'forwarded',
    'x-real-ip',
    'x-original-url',
    'x-rewrite-url',
    'x-http-method-override',
    'x-method-override',
    'connection',
    'keep-alive',
    'proxy-authorization',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'expect',
    'host',
  ])('hold no %s of a client', (name) => {
    const values = Object.values(sent({ [name]: 'forged' }));
    expect(values).not.toContain('forged');
  });

  it('hold nothing that the Connection field names', () => {
    expect(sent({ connection: 'close, X-Hop', 'x-hop': '1' })).not.toHaveProperty('x-hop');
  });

  it('hold what is of no concern to us', () => {
    const ordinary = { accept: 'text/html', 'content-type': 'text/plain', 'content-length': '3', 'x-request-id': '7' };
    expect(sent(ordinary)).toMatchObject(ordinary);
  });

  it('announce no body of a GET', () => {
    expect(sent({ 'content-length': '3' }, { method: 'GET' })).not.toHaveProperty('content-length');
  });

  it('hold the Authorization field that nobody here took', () => {
    expect(sent({ authorization: 'Bearer x' })).toMatchObject({ authorization: 'Bearer x' });
  });

  it('hold no Authorization field that was taken', () => {
    expect(sent({ authorization: 'Basic x' }, { consumed: true })).not.toHaveProperty('authorization');
  });

  it('hold the cookies of the application and none of ours', () => {
    const cookie = 'a=1; GATEHOUSE_SSO=secret;gatehouse_form=x;JSESSIONID=2;GATEHOUSE_SSO=again; GATEHOUSE_SSO_2=b';
    expect(sent({ cookie })['cookie']).toBe('a=1; JSESSIONID=2; GATEHOUSE_SSO_2=b');
  });

  it('hold no empty Cookie field', () => {
    expect(sent({ cookie: 'GATEHOUSE_SSO=secret' })).not.toHaveProperty('cookie');
  });

  it('name us after the gateways before us', () => {
    expect(sent({ via: '1.1 edge' })['via']).toBe('1.1 edge, 1.1 gatehouse');
  });

  it('keep a comma in a role apart from the commas between roles', () => {
    const caller = { principal: 'CORP\\m.müller@example.com', roles: ['a,b', '100%', 'a b'] };
    expect(sent({}, { caller })).toMatchObject({
      'x-remote-user': 'CORP\\m.m%C3%BCller@example.com',
      'x-remote-roles': 'a%2Cb,100%25,a%20b',
    });
  });

  it('bring any name back whole, and no control character with it', () => {
    const property = fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary-ascii' }), (a, b) => {
      const fields = sent({}, { caller: { principal: a, roles: [b, a] } });
      expect(decodeURIComponent(String(fields['x-remote-user']))).toBe(a);
      expect(String(fields['x-remote-roles']).split(',').map(decodeURIComponent)).toEqual([b, a]);
      expect(fields['x-remote-roles']).toMatch(/^[!-~]*$/);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('carry no name that UTF-8 cannot carry', () => {
    expect(() => sent({}, { caller: { principal: 'a\ud800', roles: [] } })).toThrow(
      expect.objectContaining({ code: 'ERR_ACCESS_DENIED' }),
    );
  });
});

describe('fields from an application', () => {
  it('come back, but for those of the connection', () => {
    const headers = { etag: '"1"', 'keep-alive': 'timeout=5', connection: 'X-Hop', 'x-hop': '1', trailer: 'x' };
    expect(received(headers)).toEqual({ etag: '"1"' });
  });

  it.each([
    'GATEHOUSE_SSO=evil; Path=/',
    ' GATEHOUSE_SSO =evil',
    '=GATEHOUSE_SSO=evil',
    'GATEHOUSE_SSO',
    'gatehouse_form=x',
  ])('set no cookie of ours: %s', (cookie) => {
    expect(received({ 'set-cookie': [cookie, 'JSESSIONID=1; Path=/app'] })).toEqual({
      'set-cookie': ['JSESSIONID=1; Path=/app'],
    });
  });

  it('hold nothing by which one page would speak for all of the origin', () => {
    const wide = {
      'service-worker-allowed': '/',
      'clear-site-data': '"*"',
      'strict-transport-security': 'max-age=1',
      'cross-origin-opener-policy': 'same-origin',
    };
    expect(received(wide)).toEqual({});
  });

  it('hold no Set-Cookie when the only one was ours', () => {
    expect(received({ 'set-cookie': 'GATEHOUSE_SSO=evil' })).toEqual({});
  });

  it.each([
    ['http://127.0.0.1:9001/app/next?x=1#y', '/app/next?x=1#y'],
    ['http://127.0.0.1:9002/app', 'http://127.0.0.1:9002/app'],
    ['https://elsewhere.example/', 'https://elsewhere.example/'],
    ['next', 'next'],
  ])('redirect to where browsers can go: %s', (location, expected) => {
    expect(received({ location })).toEqual({ location: expected });
  });
});
