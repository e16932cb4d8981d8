/** @module A signer whose private key is in this process's memory. */
import {
  constants,
  createPrivateKey,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import { GatehouseError } from '../spi/errors.ts';
import type { Secret } from '../spi/secret.ts';
import type { SignatureAlgorithm, Signer } from '../spi/signer.ts';
import { ecdsaValueOf } from '../wire/ecdsa-value.ts';

/**
 * Decodes the key once: decoding PEM costs as much as an RSA signature. Signatures are made on Node's thread pool, but those with
 * P-256 at once: the way to another thread and back costs as much as such a signature (ADR 0032).
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
  return {
    algorithm,
    certificate: certificate.raw,
    sign: family === 'ec' ? ecdsa(key, hash) : rsa(key, hash, algorithm),
  };
}

type Sign = Signer['sign'];
type SigningKey = KeyObject | SignKeyObjectInput;

function rsa(key: KeyObject, hash: string, algorithm: SignatureAlgorithm): Sign {
  return offLoop(hash, algorithm.startsWith('rsa-pss-') ? { key, ...pss } : key);
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } as const;

/** Node makes XML's form itself (`dsaEncoding`), but a key with options costs it as much as the signature (ADR 0032). */
function ecdsa(key: KeyObject, hash: string): Sign {
  const curve = curveOf(key);
  const fieldBytes = curve === undefined ? 0 : curves[curve];
  const signDer: Sign = curve === 'prime256v1' ? async (data) => sign(hash, data, key) : offLoop(hash, key);
  return async (data) => ecdsaValueOf(await signDer(data), fieldBytes);
}

function offLoop(hash: string, key: SigningKey): Sign {
  return promisify((data: Uint8Array, done: (error: Error | null, value: Buffer) => void): void =>
    sign(hash, data, key, done),
  );
}

/** Less than 2048 bits can be broken (NIST SP 800-131A), more than 4096 only costs; of curves partners know those of NIST. */
const rsaBits = { least: 2048, most: 4096 } as const;
/** With the length of their numbers. */
const curves = { prime256v1: 32, secp384r1: 48, secp521r1: 66 } as const;

function weaknessOf(key: KeyObject): string | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'ec') return curveOf(key) === undefined ? `curve ${namedCurve}` : undefined;
  return modulusLength < rsaBits.least || modulusLength > rsaBits.most ? `RSA of ${modulusLength} bits` : undefined;
}

function curveOf({ asymmetricKeyDetails }: KeyObject): keyof typeof curves | undefined {
  switch (asymmetricKeyDetails?.namedCurve) {
    case 'prime256v1':
    case 'secp384r1':
    case 'secp521r1':
      return asymmetricKeyDetails.namedCurve;
    default:
      return undefined;
  }
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
