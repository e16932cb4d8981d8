/** @module Mechanism SPNEGO: every token is evidence, and a challenge goes only to who may be asked, once. */
import { describe, expect, it } from 'vitest';
import { spnego } from '../../../src/plugins/mechanisms/spnego.ts';
import type { MechanismRequest } from '../../../src/spi/http-mechanism.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { httpMechanismConformance, plainRequest } from '../../conformance/http-mechanism.ts';
import { mechanismServices } from '../../support/mechanism-services.ts';

const withHeader = (authorization: string) => plainRequest({ headers: { authorization } });
const token = (...bytes: readonly number[]) =>
  ({ kind: 'negotiate', token: new Secret(Uint8Array.from(bytes)) }) as const;

httpMechanismConformance({
  factory: spnego,
  accepted: [
    { what: 'a token', request: withHeader('Negotiate YIIB'), evidence: token(0x60, 0x82, 0x01) },
    {
      what: 'a token after the word in any case',
      request: withHeader('negotiate YIIB'),
      evidence: token(0x60, 0x82, 0x01),
    },
    { what: 'a token without padding', request: withHeader('Negotiate YII'), evidence: token(0x60, 0x82) },
    { what: 'no token at all', request: withHeader('Negotiate'), evidence: token() },
    {
      what: 'a leg of an exchange on a TLS connection',
      request: {
        ...withHeader('Negotiate YIIB'),
        sourceAddress: '10.1.2.3',
        exchange: 'e',
        channelBinding: Uint8Array.of(1),
      },
      evidence: { ...token(0x60, 0x82, 0x01), exchange: 'e', channelBinding: Uint8Array.of(1) },
    },
  ],
  malformed: [
    ['what is not base64', withHeader('Negotiate a!b')],
    ['two tokens', withHeader('Negotiate YIIB, Negotiate YIIB')],
    ['a token that is too long', withHeader(`Negotiate ${'A'.repeat(90_000)}`)],
  ],
});

const browser: MechanismRequest = plainRequest({
  headers: { accept: 'text/html,application/xhtml+xml', host: 'sso.example.com:8443' },
  sourceAddress: '10.1.2.3',
});
const program: MechanismRequest = { ...browser, headers: { accept: '*/*', host: 'sso.example.com' } };

async function kindOf(request: MechanismRequest, options: Readonly<Record<string, unknown>> = {}) {
  const mechanism = await spnego.create(options, mechanismServices());
  return mechanism.challenge(request)?.kind;
}

describe('SPNEGO asks', () => {
  it('a browser of a private network by a probe, and a program by a header', async () => {
    expect([await kindOf(browser), await kindOf(program)]).toEqual(['probe', 'header']);
  });

  it('by a header what was posted, which could not be parked', async () => {
    expect(await kindOf({ ...browser, method: 'POST' })).toBe('header');
  });

  it.each(['203.0.113.7', '2001:db8::1', '', 'unknown'])('nobody at %j', async (sourceAddress) => {
    expect(await kindOf({ ...browser, sourceAddress })).toBeUndefined();
    expect(await kindOf({ ...program, sourceAddress })).toBeUndefined();
  });

  it('who is in the networks that are named, and nobody else', async () => {
    const options = { networks: ['203.0.113.0/24'] };
    expect(await kindOf({ ...browser, sourceAddress: '203.0.113.7' }, options)).toBe('probe');
    expect(await kindOf(browser, options)).toBeUndefined();
  });

  it('under the names that are listed, and under no other', async () => {
    expect(await kindOf(browser, { hosts: ['SSO.example.com'] })).toBe('probe');
    expect(await kindOf(browser, { hosts: ['login.example.com'] })).toBeUndefined();
  });

  it.each(['Negotiate', 'Negotiate TlRMTVNTUAAB', 'NTLM TlRMTVNTUAAB'])(
    'not again who has answered %s',
    async (authorization) => {
      expect(await kindOf({ ...browser, headers: { ...browser.headers, authorization } })).toBeUndefined();
    },
  );

  it('by the bare word, and by the token of an exchange for one more leg', async () => {
    const mechanism = await spnego.create({}, mechanismServices());
    expect(mechanism.challenge(browser)).toMatchObject({ headers: { 'www-authenticate': 'Negotiate' } });
    expect(mechanism.furtherLeg?.(Uint8Array.of(0xa1, 0x01))).toEqual({ 'www-authenticate': 'Negotiate oQE=' });
  });

  it.each([{ networks: [] }, { networks: ['intranet'] }, { hosts: [] }, { 'probe-again-seconds': 0 }])(
    'nobody under options that make no sense: %j',
    (options) => {
      expect(spnego.options.safeParse(options).success).toBe(false);
    },
  );
});

it('lets nobody outside the networks begin an exchange of several legs', async () => {
  const mechanism = await spnego.create({}, mechanismServices());
  const request = { ...browser, headers: { ...browser.headers, authorization: 'Negotiate YIIB' }, exchange: 'e' };
  const { signal } = new AbortController();
  expect(await mechanism.evaluate(request, { signal })).toMatchObject({ evidence: { exchange: 'e' } });
  const outside = await mechanism.evaluate({ ...request, sourceAddress: '203.0.113.9' }, { signal });
  expect(outside).not.toHaveProperty('evidence.exchange');
  expect(outside.status).toBe('evidence');
});
