/** @module A signer whose private key is in this process's memory. */
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { GatehouseError } from '../spi/errors.ts';
import type { Secret } from '../spi/secret.ts';
import type { SignatureAlgorithm, Signer } from '../spi/signer.ts';

/**
 * Decodes the key once: decoding PEM costs as much as an RSA signature. Each signature is made on Node's thread pool.
 * @param certificatePem the certificate of the key; of a chain the first is taken.
 * @throws ERR_CONFIG_INVALID when key, certificate and algorithm do not go together.
 */
export function createSigner(
  privateKeyPem: Secret<string>,
  certificatePem: string,
  algorithm: SignatureAlgorithm,
): Signer {
  const key = decoded(() => createPrivateKey(privateKeyPem.reveal()), 'The signing key is not a PEM private key');
  const certificate = decoded(
    () => new X509Certificate(certificatePem),
    'The signing certificate is not a PEM certificate',
  );
  if (!certificate.checkPrivateKey(key)) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'The signing certificate does not belong to the signing key');
  }
  const [family, hash] = algorithm.split('-');
  if (hash === undefined || key.asymmetricKeyType !== (family === 'rsa' ? 'rsa' : 'ec')) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'The signing key is of another type than the algorithm', {
      facts: { algorithm },
    });
  }
  // Node takes a bare key faster than one with options, which only ECDSA needs.
  const signingKey = family === 'rsa' ? key : ({ key, dsaEncoding: 'ieee-p1363' } as const);
  const signOffLoop = promisify((data: Uint8Array, done: (error: Error | null, value: Buffer) => void): void =>
    sign(hash, data, signingKey, done),
  );
  return { algorithm, certificate: certificate.raw, sign: signOffLoop };
}

/** OpenSSL names no reason that a person could use, and its message may quote input: the cause is kept, the message is ours. */
function decoded<T>(decode: () => T, message: string): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new GatehouseError('ERR_CONFIG_INVALID', message, { cause });
  }
}
