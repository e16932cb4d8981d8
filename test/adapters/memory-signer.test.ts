import { verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../src/adapters/memory-signer.ts';
import { Secret } from '../../src/spi/secret.ts';
import { makeKeyPair, signerOf } from '../support/keys.ts';
import { refusalOf } from '../support/thrown-code.ts';

const rsa = makeKeyPair('rsa');
const ec = makeKeyPair('ec');
const data = Buffer.from('what is signed');
const refusal = (...args: Parameters<typeof createSigner>) => refusalOf(() => createSigner(...args));

describe('the signer in memory', () => {
  it('makes RSA signatures that verify', async () => {
    const value = await signerOf(rsa, 'rsa-sha512').sign(data);
    expect(verify('sha512', data, rsa.publicKey, value)).toBe(true);
  });

  it('makes ECDSA signatures in XML form', async () => {
    const value = await signerOf(ec, 'ecdsa-sha256').sign(data);
    expect([value.byteLength, verify('sha256', data, { key: ec.publicKey, dsaEncoding: 'ieee-p1363' }, value)]).toEqual(
      [64, true],
    );
  });

  it('has the certificate of its key', () => {
    expect(Buffer.from(signerOf(ec, 'ecdsa-sha256').certificate)).toEqual(Buffer.from(ec.certificate));
  });

  it('refuses a certificate of another key', () => {
    expect(refusal(new Secret(makeKeyPair('ec').privateKeyPem), ec.certificatePem, 'ecdsa-sha256')).toBe(
      'ERR_CONFIG_INVALID',
    );
  });

  it('refuses an algorithm for another type of key', () => {
    expect(refusal(new Secret(ec.privateKeyPem), ec.certificatePem, 'rsa-sha256')).toBe('ERR_CONFIG_INVALID');
  });

  it('refuses what is no key', () => {
    expect(refusal(new Secret('x'), ec.certificatePem, 'ecdsa-sha256')).toBe('ERR_CONFIG_INVALID');
  });

  it('refuses what is no certificate', () => {
    expect(refusal(new Secret(ec.privateKeyPem), 'x', 'ecdsa-sha256')).toBe('ERR_CONFIG_INVALID');
  });
});
