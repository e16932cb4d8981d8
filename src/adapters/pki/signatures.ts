/** @module Signatures on certificates, revocation lists and OCSP answers: by a short list of algorithms, with keys that are strong enough. */
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { derChildren, derInteger, readDer } from '../../wire/der-reader.ts';
import { readAlgorithm, type Signed } from '../../wire/x509/certificate.ts';

/** NIST SP 800-131A: less than 112 bits of strength is disallowed; 16,384 is where OpenSSL itself ends. */
const rsaBits = { least: 2048, most: 16_384 } as const;
const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

type Hash = 'sha256' | 'sha384' | 'sha512';
interface Scheme {
  readonly keyTypes: readonly (string | undefined)[];
  readonly hash: Hash | null;
}

/** RFC 4055, RFC 5758, RFC 8410. MD5 and SHA-1 are not in it, nor is DSA. */
const schemes: Readonly<Record<string, Scheme>> = {
  '1.2.840.113549.1.1.11': { keyTypes: ['rsa'], hash: 'sha256' },
  '1.2.840.113549.1.1.12': { keyTypes: ['rsa'], hash: 'sha384' },
  '1.2.840.113549.1.1.13': { keyTypes: ['rsa'], hash: 'sha512' },
  '1.2.840.10045.4.3.2': { keyTypes: ['ec'], hash: 'sha256' },
  '1.2.840.10045.4.3.3': { keyTypes: ['ec'], hash: 'sha384' },
  '1.2.840.10045.4.3.4': { keyTypes: ['ec'], hash: 'sha512' },
  '1.3.101.112': { keyTypes: ['ed25519'], hash: null },
  '1.3.101.113': { keyTypes: ['ed448'], hash: null },
};
const rsaPss = '1.2.840.113549.1.1.10';
const mgf1 = '1.2.840.113549.1.1.8';
const hashes: Readonly<Record<string, Hash>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** The key, or `undefined` when it is of an unknown kind or too weak. */
export function strongKey(publicKeyInfo: Uint8Array): KeyObject | undefined {
  const key = importKey(publicKeyInfo);
  const details = key?.asymmetricKeyDetails;
  switch (key?.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss': {
      const { modulusLength = 0, publicExponent = 0n } = details ?? {};
      const strong = modulusLength >= rsaBits.least && modulusLength <= rsaBits.most && publicExponent >= 3n;
      return strong ? key : undefined;
    }
    case 'ec':
      return curves.includes(details?.namedCurve) ? key : undefined;
    case 'ed25519':
    case 'ed448':
      return key;
    default:
      return undefined;
  }
}

function importKey(publicKeyInfo: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(publicKeyInfo), format: 'der', type: 'spki' });
  } catch (error) {
    // What OpenSSL cannot read, or Node does not know.
    if (error instanceof Error && 'code' in error && /^ERR_(?:OSSL|CRYPTO|INVALID_ARG)/.test(String(error.code)))
      return undefined;
    throw error;
  }
}

export type SignatureVerdict = 'good' | 'bad-signature' | 'weak-algorithm';

export function verifySignature(signed: Signed, publicKeyInfo: Uint8Array): SignatureVerdict {
  const key = strongKey(publicKeyInfo);
  if (key === undefined) return 'weak-algorithm';
  const { algorithm, parameters } = signed.signatureAlgorithm;
  if (algorithm === rsaPss) return verifyPss(signed, key, parameters);
  const scheme = schemes[algorithm];
  if (scheme === undefined) return 'weak-algorithm';
  if (!scheme.keyTypes.includes(key.asymmetricKeyType)) return 'bad-signature';
  return verify(scheme.hash, signed.signedBytes, key, signed.signature) ? 'good' : 'bad-signature';
}

/** RFC 4055 §3.1. The defaults are SHA-1, so that parameters have to be there; one hash for both uses. */
function verifyPss(signed: Signed, key: KeyObject, parameters: Uint8Array | undefined): SignatureVerdict {
  const fields = derChildren(parameters === undefined ? undefined : readDer(parameters));
  const field = (tag: number) => derChildren(fields?.find((one) => one.tag === tag))?.[0];
  const hash = hashes[readAlgorithm(field(0xa0))?.algorithm ?? ''];
  const mask = readAlgorithm(field(0xa1));
  const maskHash = mask?.parameters === undefined ? undefined : readAlgorithm(readDer(mask.parameters))?.algorithm;
  const saltLength = Number(derInteger(field(0xa2)) ?? -1n);
  if (hash === undefined || mask?.algorithm !== mgf1 || hashes[maskHash ?? ''] !== hash) return 'weak-algorithm';
  if (saltLength < 0 || saltLength > rsaBits.most / 8) return 'bad-signature';
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss') return 'bad-signature';
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify(hash, signed.signedBytes, { key, padding, saltLength }, signed.signature) ? 'good' : 'bad-signature';
}
