/** @module Key pairs with self-signed certificates for tests, made by OpenSSL when a test asks. */
import { execFileSync } from 'node:child_process';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner } from '../../src/adapters/memory-signer.ts';
import { Secret } from '../../src/spi/secret.ts';
import type { SignatureAlgorithm, Signer } from '../../src/spi/signer.ts';

export interface TestKeyPair {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly certificate: Uint8Array;
  readonly publicKey: KeyObject;
}

const newKeyArguments = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'ec-384': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
} as const;

export function makeKeyPair(kind: keyof typeof newKeyArguments, commonName = 'gatehouse test'): TestKeyPair {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
  try {
    const keyFile = join(folder, 'key.pem');
    const certificateFile = join(folder, 'certificate.pem');
    const output = ['-nodes', '-keyout', keyFile, '-out', certificateFile, '-days', '30', '-subj', `/CN=${commonName}`];
    execFileSync('openssl', ['req', '-x509', ...newKeyArguments[kind], ...output], { stdio: 'pipe' });
    const certificatePem = readFileSync(certificateFile, 'utf8');
    const certificate = new X509Certificate(certificatePem);
    return {
      privateKeyPem: readFileSync(keyFile, 'utf8'),
      certificatePem,
      certificate: certificate.raw,
      publicKey: certificate.publicKey,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function signerOf(pair: TestKeyPair, algorithm: SignatureAlgorithm): Signer {
  return createSigner(new Secret(pair.privateKeyPem), pair.certificatePem, algorithm);
}
