/** @module Password-based encryption as the JDK's provider does it: PBEWithMD5AndDES (PKCS #5 v1.5) and its own PBEWithMD5AndTripleDES. */
import { createDecipheriv, hash } from 'node:crypto';

export const saltBytes = 8;
const blockBytes = 8;
/** The JDK's own limit for a keystore (`jdk.jceks.iterationCount`). */
export const maxPbeIterations = 5_000_000;

export interface PbeParameters {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

const md5 = (...parts: readonly Uint8Array[]) => hash('md5', Buffer.concat(parts), 'buffer');

/** `undefined` when the password or a parameter is another, or the bytes are. Legacy: never to be written. */
export function decryptPbeWithMd5AndDes(encrypted: Uint8Array, parameters: PbeParameters): Uint8Array | undefined {
  const { password, salt, iterations } = parameters;
  let digest: Uint8Array = md5(password, salt);
  for (let round = 1; round < iterations; round += 1) digest = md5(digest);
  const key = digest.subarray(0, 8);
  // Triple DES with one key three times is DES, which OpenSSL does not offer any more.
  return decrypt(encrypted, Buffer.concat([key, key, key]), digest.subarray(8, 16));
}

/** The derivation of com.sun.crypto.provider: each half of the salt goes through its own chain of digests. */
export function decryptPbeWithMd5AndTripleDes(
  encrypted: Uint8Array,
  parameters: PbeParameters,
): Uint8Array | undefined {
  const { password, salt, iterations } = parameters;
  const halves = [salt.slice(0, 4), salt.slice(4, 8)] as const;
  if (Buffer.from(halves[0]).equals(halves[1])) halves[0].reverse();
  const derived = Buffer.concat(
    halves.map((half) => {
      let digest: Uint8Array = half;
      for (let round = 0; round < iterations; round += 1) digest = md5(digest, password);
      return digest;
    }),
  );
  return decrypt(encrypted, derived.subarray(0, 24), derived.subarray(24, 32));
}

function decrypt(encrypted: Uint8Array, key: Uint8Array, iv: Uint8Array): Uint8Array | undefined {
  if (encrypted.length === 0 || encrypted.length % blockBytes !== 0) return undefined;
  const decipher = createDecipheriv('des-ede3-cbc', key, iv).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(encrypted), decipher.final()]);
  return withoutPadding(padded, blockBytes);
}

/** PKCS #5 padding; `undefined` when it is not whole. What is decrypted is the owner's own file: there is no oracle to guard. */
export function withoutPadding(padded: Uint8Array, block: number): Uint8Array | undefined {
  const length = padded.at(-1) ?? 0;
  const whole = length >= 1 && length <= block && padded.subarray(-length).every((byte) => byte === length);
  return whole ? padded.subarray(0, -length) : undefined;
}
