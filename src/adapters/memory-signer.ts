/** @module A signer whose private key is in this process's memory. */
import { constants, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
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
  const family = algorithm.startsWith('rsa-') ? 'rsa' : 'ec';
  const hash = algorithm.split('-').at(-1);
  if (hash === undefined || key.asymmetricKeyType !== family) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'The signing key is of another type than the algorithm', {
      facts: { algorithm },
    });
  }
  const strength = weaknessOf(key);
  if (strength !== undefined) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'The signing key is not one that partners can rely on', {
      facts: { algorithm, key: strength },
    });
  }
  const signingKey = withOptions(key, algorithm);
  const signOffLoop = promisify((data: Uint8Array, done: (error: Error | null, value: Buffer) => void): void =>
    sign(hash, data, signingKey, done),
  );
  return { algorithm, certificate: certificate.raw, sign: signOffLoop };
}

/** Less than 2048 bits can be broken (NIST SP 800-131A), more than 4096 only costs; of curves partners know those of NIST. */
const rsaBits = { least: 2048, most: 4096 } as const;
const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

function weaknessOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'ec') return curves.includes(namedCurve) ? undefined : `curve ${namedCurve}`;
  return modulusLength < rsaBits.least || modulusLength > rsaBits.most ? `RSA of ${modulusLength} bits` : undefined;
}

/** Node takes a bare key faster than one with options, which RSA with PKCS #1 1.5 does not need. */
function withOptions(key: KeyObject, algorithm: SignatureAlgorithm) {
  if (algorithm.startsWith('ecdsa-')) return { key, dsaEncoding: 'ieee-p1363' } as const;
  if (!algorithm.startsWith('rsa-pss-')) return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } as const;
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
