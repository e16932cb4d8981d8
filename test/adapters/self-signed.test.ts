import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSelfSigned, type SelfSigned } from '../../src/adapters/self-signed.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const hostNames = ['sso.example.com', '*.apps.example.com', '127.0.0.1', '::1', '2001:db8::ffff:1.2.3.4'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-cert-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function openssl(command: readonly string[], made: SelfSigned): Promise<string> {
  await writeFile(join(folder, 'cert.pem'), made.certificatePem);
  await writeFile(join(folder, 'key.pem'), made.keyPem);
  return execFileSync('openssl', command, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe.each(['rsa-2048', 'ec-p256'] as const)('a certificate with %s', (keyType) => {
  let made: SelfSigned;
  let certificate: X509Certificate;
  beforeAll(async () => {
    made = await makeSelfSigned({ hostNames, days: 30, keyType, now });
    certificate = new X509Certificate(made.certificatePem);
  });

  it('is signed by its own key', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(made.keyPem))).toBe(true);
  });
  it('covers every host name and address, and no other', () => {
    expect(certificate.checkHost('sso.example.com', { subject: 'never' })).toBe('sso.example.com');
    expect(certificate.checkHost('a.apps.example.com', { subject: 'never' })).toBe('*.apps.example.com');
    expect(certificate.checkHost('example.com', { subject: 'never' })).toBeUndefined();
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkIP('2001:db8::ffff:102:304')).toBe('2001:db8::ffff:102:304');
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  });
  it('lives from an hour before for the days that are asked for', () => {
    expect(certificate.validFromDate.getTime()).toBe(now - 3_600_000);
    expect(certificate.validToDate.getTime()).toBe(now + 30 * 86_400_000);
  });
  it('is for servers and is no certification authority', () => {
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });
  it('is trusted by openssl when it is given as the trusted one', async () => {
    const at = String(now / 1000);
    const command = [
      'verify',
      '-x509_strict',
      '-attime',
      at,
      '-purpose',
      'sslserver',
      '-verify_hostname',
      'sso.example.com',
    ];
    expect(await openssl([...command, '-CAfile', 'cert.pem', 'cert.pem'], made)).toBe('cert.pem: OK\n');
  });
  it('reads in openssl as it was meant', async () => {
    const text = await openssl(['x509', '-in', 'cert.pem', '-noout', '-text'], made);
    expect(text).toContain('Version: 3 (0x2)');
    expect(text).toContain(keyType === 'rsa-2048' ? 'sha256WithRSAEncryption' : 'ecdsa-with-SHA256');
    expect(text).toContain('Public-Key: (256 bit)'.replace('256', keyType === 'rsa-2048' ? '2048' : '256'));
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature/);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
  });
  it('has DER that openssl writes the same again', async () => {
    const again = await openssl(['x509', '-in', 'cert.pem', '-outform', 'PEM'], made);
    expect(again).toBe(made.certificatePem);
  });
});

it('makes a signing certificate without a purpose of TLS', async () => {
  const made = await makeSelfSigned({ hostNames: ['idp'], days: 3650, keyType: 'ec-p256', purpose: 'signing', now });
  const certificate = new X509Certificate(made.certificatePem);
  expect(certificate.keyUsage).toBeUndefined();
  expect(certificate.subject).toBe('CN=idp');
});

it('can live past 2050, where the form of dates changes', async () => {
  const made = await makeSelfSigned({ hostNames: ['idp'], days: 36_500, keyType: 'ec-p256', now });
  expect(new X509Certificate(made.certificatePem).validToDate.getTime()).toBe(now + 36_500 * 86_400_000);
});

it('gives every certificate a serial number and a key of its own', async () => {
  const [a, b] = await Promise.all([0, 1].map(() => makeSelfSigned({ hostNames: ['a'], days: 1, keyType: 'ec-p256' })));
  expect(new X509Certificate(a!.certificatePem).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  expect(new X509Certificate(a!.certificatePem).serialNumber).not.toBe(
    new X509Certificate(b!.certificatePem).serialNumber,
  );
  expect(a!.keyPem).not.toBe(b!.keyPem);
});

it.each([
  [[]],
  [['a b']],
  [['-a']],
  [['a\u0000b']],
  [['fe80::1%eth0']],
  [['a..b']],
  [['*']],
  [['x'.repeat(64)]],
  [['ä.example']],
])('refuses the host names %j', async (names) => {
  const made = makeSelfSigned({ hostNames: names, days: 1, keyType: 'ec-p256' });
  await expect(made).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
});

it.each([0, 1.5, 36_501, Number.NaN])('refuses a life of %d days', async (days) => {
  const made = makeSelfSigned({ hostNames: ['a'], days, keyType: 'ec-p256' });
  await expect(made).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
});
