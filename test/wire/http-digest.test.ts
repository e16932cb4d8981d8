/** @module HTTP digest hashes: JBoss's HA1 vectors and the examples of the RFCs. */
import { describe, expect, it } from 'vitest';
import type { DigestEvidence } from '../../src/spi/evidence.ts';
import { Secret } from '../../src/spi/secret.ts';
import { buildHa1, isHa1, verifyDigestResponse } from '../../src/wire/http-digest.ts';

describe('buildHa1', () => {
  it.each([
    ['admin', 'ManagementRealm', 'Password1!', '14ffac412569a860b99a35c11577cace'],
    ['testuser', 'ApplicationRealm', 'testpass', 'd88c4d8022a92a3a8f9eb7f22a2e6053'],
    ['řehoř', 'ManagementRealm', 'päss', '2cfb5712e8831bc2fb922f5884bc6ffd'],
  ])('hashes %s of %s as JBoss does', (user, realm, password, expected) => {
    expect(buildHa1(user, realm, password)).toBe(expected);
    expect(isHa1(expected)).toBe(true);
  });
});

const evidence: DigestEvidence = {
  kind: 'digest',
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  algorithm: 'SHA-256',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  qop: 'auth',
  nonceCount: '00000001',
  clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  response: new Secret('753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'),
};

describe('verifyDigestResponse', () => {
  it('verifies the SHA-256 example of RFC 7616 §3.9.1', () => {
    const ha1 = buildHa1('Mufasa', 'http-auth@example.org', 'Circle of Life', 'SHA-256');
    expect(verifyDigestResponse(ha1, evidence)).toBe(true);
  });

  it('verifies the MD5 example of RFC 7616 §3.9.1', () => {
    const ha1 = buildHa1('Mufasa', 'http-auth@example.org', 'Circle of Life');
    const response = new Secret('8ca523f5e9506fed4657c9700eebdbec');
    expect(verifyDigestResponse(ha1, { ...evidence, algorithm: 'MD5', response })).toBe(true);
  });

  it('verifies a response without qop (RFC 2069)', () => {
    const { qop: _, nonceCount: __, clientNonce: ___, ...old } = evidence;
    const ha1 = buildHa1('Mufasa', 'testrealm@host.com', 'CircleOfLife');
    // printf %s "$HA1:dcd98b7102dd2f0e8b11d0f600bfb0c093:$HA2" | openssl dgst -md5
    const shown: DigestEvidence = {
      ...old,
      algorithm: 'MD5',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      response: new Secret('1949323746fe6a43ef61f9606e7febea'),
    };
    expect(verifyDigestResponse(ha1, shown)).toBe(true);
  });

  it.each([{ method: 'POST' }, { uri: '/' }, { nonce: 'x' }, { nonceCount: '00000002' }, { clientNonce: 'x' }])(
    'rejects the response for another %j',
    (changes) => {
      const ha1 = buildHa1('Mufasa', 'http-auth@example.org', 'Circle of Life', 'SHA-256');
      expect(verifyDigestResponse(ha1, { ...evidence, ...changes })).toBe(false);
    },
  );
});
