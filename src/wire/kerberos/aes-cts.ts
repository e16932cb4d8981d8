/** @module AES with ciphertext stealing, CBC-CS3 with an initial vector of zeros (RFC 3962 §5, RFC 8009 §5). */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

export const blockBytes = 16;

export interface AesCts {
  /** @param plaintext one block or more; the ciphertext has its length */
  encrypt(plaintext: Uint8Array): Uint8Array;
  /** @param ciphertext one block or more */
  decrypt(ciphertext: Uint8Array): Uint8Array;
}

/**
 * @param key of 16 or 32 bytes; as an object, because Node takes ten times as long for one that comes as bytes
 * One ECB object does all decryptions under a key and the chaining is done here: setting up a cipher costs more than
 * deciphering a ticket.
 */
export function createAesCts(key: KeyObject): AesCts {
  const bits = (key.symmetricKeySize ?? 0) * 8;
  const decipher = createDecipheriv(`aes-${bits}-ecb`, key, null).setAutoPadding(false);
  return {
    encrypt(plaintext) {
      const blocks = Math.ceil(plaintext.length / blockBytes);
      const padded = new Uint8Array(blocks * blockBytes);
      padded.set(plaintext);
      const cipher = createCipheriv(`aes-${bits}-cbc`, key, new Uint8Array(blockBytes)).setAutoPadding(false);
      const chained = cipher.update(padded);
      if (blocks === 1) return chained;
      const stolen = (blocks - 2) * blockBytes;
      const ciphertext = new Uint8Array(plaintext.length);
      ciphertext.set(chained.subarray(0, stolen));
      ciphertext.set(chained.subarray(stolen + blockBytes), stolen);
      ciphertext.set(
        chained.subarray(stolen, stolen + plaintext.length - (blocks - 1) * blockBytes),
        stolen + blockBytes,
      );
      return ciphertext;
    },
    decrypt(ciphertext) {
      const { length } = ciphertext;
      const blocks = Math.ceil(length / blockBytes);
      if (blocks === 1) return decipher.update(ciphertext);
      // The last whole block on the wire belongs to the last block of plaintext; what follows it is the head of the block before.
      const last = (blocks - 1) * blockBytes;
      const before = last - blockBytes;
      const plaintext = new Uint8Array(blocks * blockBytes);
      plaintext.set(decipher.update(ciphertext.subarray(0, last)));
      const stolen = plaintext.slice(before, last);
      stolen.set(ciphertext.subarray(last));
      plaintext.copyWithin(last, before, last);
      xor(plaintext, last, stolen, 0, length - last);
      plaintext.set(decipher.update(stolen), before);
      xor(plaintext, blockBytes, ciphertext, 0, before);
      return plaintext.subarray(0, length);
    },
  };
}

function xor(target: Uint8Array, at: number, source: Uint8Array, from: number, count: number): void {
  for (let index = 0; index < count; index += 1) {
    target[at + index] = (target[at + index] ?? 0) ^ (source[from + index] ?? 0);
  }
}
