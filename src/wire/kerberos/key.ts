/** @module A Kerberos key and what it does: encrypt, decrypt, checksum, each for one usage (RFC 3961 §5.3, RFC 3962, RFC 8009). */
import { createCipheriv, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../spi/secret.ts';
import { type AesCts, blockBytes, createAesCts } from './aes-cts.ts';
import type { EncryptionType } from './encryption-types.ts';
import { nFold } from './n-fold.ts';

/** What a key is used for (RFC 4120 §7.5.1, RFC 4121 §2, MS-PAC §2.8): the same key never does two things the same way. */
export const keyUsages = {
  ticket: 2,
  authenticator: 11,
  apReply: 12,
  kdcReply: 3,
  pacSignature: 17,
  acceptorSign: 23,
  initiatorSign: 25,
} as const;

/** The bytes stay inside: no property holds them. */
export interface KerberosKey {
  readonly type: EncryptionType;
  /** The plaintext; `undefined` when it was not encrypted under this key for this usage, or was altered. */
  decrypt(usage: number, ciphertext: Uint8Array): Uint8Array | undefined;
  /** @param confounder 16 random bytes */
  encrypt(usage: number, plaintext: Uint8Array, confounder: Uint8Array): Uint8Array;
  /** The keyed checksum of `type.checksum`. */
  checksum(usage: number, data: Uint8Array): Uint8Array;
  verifyChecksum(usage: number, data: Uint8Array, checksum: Uint8Array): boolean;
}

interface MessageKeys {
  readonly cipher: AesCts;
  readonly integrity: KeyObject;
}

/** @throws Error when the length is not the type's: who reads keys from outside asks `type.keyBytes` first. */
export function createKerberosKey(type: EncryptionType, secret: Secret<Uint8Array>): KerberosKey {
  const bytes = secret.reveal();
  if (bytes.length !== type.keyBytes) throw new Error(`a key of ${type.name} has ${type.keyBytes} bytes`);
  const key = createSecretKey(bytes);
  const messages = new Map<number, MessageKeys>();
  const checksums = new Map<number, KeyObject>();

  function messageKeys(usage: number): MessageKeys {
    const known = messages.get(usage);
    if (known !== undefined) return known;
    const integrityBytes = type.overCiphertext ? type.macBytes : type.keyBytes;
    const made = {
      cipher: createAesCts(derive(type, key, usage, 0xaa, type.keyBytes)),
      integrity: derive(type, key, usage, 0x55, integrityBytes),
    };
    messages.set(usage, made);
    return made;
  }

  function checksum(usage: number, data: Uint8Array): Uint8Array {
    const known = checksums.get(usage);
    const size = type.overCiphertext ? type.macBytes : type.keyBytes;
    const derived = known ?? derive(type, key, usage, 0x99, size);
    if (known === undefined) checksums.set(usage, derived);
    return mac(type, derived, data);
  }

  /** What the checksum of a message is taken over. */
  const covered = (plaintext: Uint8Array, ciphertext: Uint8Array) =>
    type.overCiphertext ? [zeroState, ciphertext] : [plaintext];

  return {
    type,
    checksum,
    verifyChecksum: (usage, data, shown) => equalBytes(checksum(usage, data), shown),
    encrypt(usage, plaintext, confounder) {
      const { cipher, integrity } = messageKeys(usage);
      const whole = Buffer.concat([confounder, plaintext]);
      const ciphertext = cipher.encrypt(whole);
      return Buffer.concat([ciphertext, mac(type, integrity, ...covered(whole, ciphertext))]);
    },
    decrypt(usage, message) {
      const length = message.length - type.macBytes;
      if (length < blockBytes) return undefined;
      const { cipher, integrity } = messageKeys(usage);
      const ciphertext = message.subarray(0, length);
      const shown = message.subarray(length);
      if (type.overCiphertext && !equalBytes(mac(type, integrity, ...covered(ciphertext, ciphertext)), shown))
        return undefined;
      const whole = cipher.decrypt(ciphertext);
      if (!type.overCiphertext && !equalBytes(mac(type, integrity, ...covered(whole, ciphertext)), shown))
        return undefined;
      return whole.subarray(blockBytes);
    },
  };
}

/** The cipher state before the first message (RFC 8009 §5). */
const zeroState = new Uint8Array(blockBytes);

function mac({ hash, macBytes }: EncryptionType, key: KeyObject, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac(hash, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, macBytes);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The key for one usage and one purpose: 0x99 checksum, 0xaa encryption, 0x55 integrity. */
function derive(type: EncryptionType, key: KeyObject, usage: number, purpose: number, size: number): KeyObject {
  const constant = Uint8Array.of(usage >>> 24, usage >>> 16, usage >>> 8, usage, purpose);
  return createSecretKey(
    type.overCiphertext ? deriveSha2(type, key, constant, size) : deriveSimplified(key, constant, size),
  );
}

/** KDF-HMAC-SHA2 (RFC 8009 §3), which here never needs a second round. */
function deriveSha2({ hash }: EncryptionType, key: KeyObject, label: Uint8Array, size: number): Uint8Array {
  const bits = size * 8;
  const counter = Uint8Array.of(0, 0, 0, 1);
  const length = Uint8Array.of(0, 0, bits >> 8, bits & 0xff);
  const hmac = createHmac(hash, key).update(counter).update(label).update(Uint8Array.of(0)).update(length);
  return hmac.digest().subarray(0, size);
}

/** DK (RFC 3961 §5.1): for AES, random-to-key is the identity, and a derived key has the length of its base. */
function deriveSimplified(key: KeyObject, constant: Uint8Array, size: number): Uint8Array {
  const cipher = createCipheriv(`aes-${size * 8}-ecb`, key, null).setAutoPadding(false);
  const derived = new Uint8Array(size);
  let block: Uint8Array = nFold(constant, blockBytes);
  for (let offset = 0; offset < size; offset += blockBytes) {
    block = cipher.update(block);
    derived.set(block, offset);
  }
  return derived;
}
