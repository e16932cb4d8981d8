import { execFileSync } from 'node:child_process';
import { constants, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
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

  it('makes RSA-PSS signatures with a salt of the length of the hash', async () => {
    const value = await signerOf(rsa, 'rsa-pss-sha256').sign(data);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const accepts = (saltLength: number) => verify('sha256', data, { key: rsa.publicKey, padding, saltLength }, value);
    expect([accepts(32), accepts(20)]).toEqual([true, false]);
  });

  it.each([
    ['RSA of 1024 bits', ['rsa:1024'], 'rsa-sha256'],
    ['a curve that partners do not know', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'], 'ecdsa-sha256'],
  ] as const)('refuses %s', (_what, kind, algorithm) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-weak-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')];
    const output = ['-nodes', '-keyout', key, '-out', certificate, '-subj', '/CN=weak'];
    execFileSync('openssl', ['req', '-x509', '-newkey', ...kind, ...output], { stdio: 'pipe' });
    const pem = (file: string) => readFileSync(file, 'utf8');
    expect(refusal(new Secret(pem(key)), pem(certificate), algorithm)).toBe('ERR_CONFIG_INVALID');
  });

  it('refuses what is no key', () => {
    expect(refusal(new Secret('x'), ec.certificatePem, 'ecdsa-sha256')).toBe('ERR_CONFIG_INVALID');
  });

  it('refuses what is no certificate', () => {
    expect(refusal(new Secret(ec.privateKeyPem), 'x', 'ecdsa-sha256')).toBe('ERR_CONFIG_INVALID');
  });
});
