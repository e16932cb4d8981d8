/** @module A key ring with its private keys: signs for whom, with which key, by the clock; opens what was encrypted for us. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import type { KeyRing, RingKey } from '../../spi/key-ring.ts';
import type { Secret } from '../../spi/secret.ts';
import type { SignatureAlgorithm, Signer } from '../../spi/signer.ts';
import { createSigner } from '../memory-signer.ts';

export interface LoadedRing {
  readonly ring: KeyRing;
  /** @throws ERR_KEY_RING when the private key is not here, ERR_CONFIG_INVALID when it cannot make such signatures */
  signer(key: RingKey, algorithm: SignatureAlgorithm): Signer;
  /** `undefined`: its private key is not here, or opens nothing. */
  opener(key: RingKey): KeyObject | undefined;
}

/**
 * Every private key is decoded and compared with its certificate at once: a ring that is taken over works.
 * @throws ERR_KEY_RING
 */
export function loadRing(ring: KeyRing, pems: ReadonlyMap<string, Secret<string>>): LoadedRing {
  const privateKeys = new Map<string, KeyObject>();
  for (const key of ring.keys) {
    const pem = pems.get(key.id);
    if (pem !== undefined) privateKeys.set(key.id, checked(key, pem));
  }
  const signers = new Map<string, Signer>();

  return {
    ring,
    signer(key, algorithm) {
      const name = `${key.id} ${algorithm}`;
      const known = signers.get(name);
      if (known !== undefined) return known;
      const pem = pems.get(key.id);
      if (pem === undefined) throw unusable(key, 'it is not here');
      const signer = createSigner(pem, new X509Certificate(key.certificate).toString(), algorithm);
      signers.set(name, signer);
      return signer;
    },
    opener(key) {
      const opener = privateKeys.get(key.id);
      return opener?.asymmetricKeyType === 'rsa' ? opener : undefined;
    },
  };
}

function checked(key: RingKey, pem: Secret<string>): KeyObject {
  let decoded: KeyObject;
  try {
    decoded = createPrivateKey(pem.reveal());
  } catch (error) {
    // OpenSSL's message may quote input.
    if (!(error instanceof Error)) throw error;
    throw unusable(key, 'it is not a PEM private key');
  }
  if (new X509Certificate(key.certificate).checkPrivateKey(decoded)) return decoded;
  throw unusable(key, 'it is not the key of its certificate');
}

function unusable({ id, place }: RingKey, problem: string): GatehouseError {
  const where = place.in === 'file' ? place.path : place.in;
  return new GatehouseError('ERR_KEY_RING', 'a private key of the ring cannot be used', {
    facts: { key: id, where, problem },
  });
}
