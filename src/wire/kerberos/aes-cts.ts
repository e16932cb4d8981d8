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
      for (let index = 0; index < length - last; index += 1) {
        plaintext[last + index] = (plaintext[last + index] ?? 0) ^ (stolen[index] ?? 0);
      }
      plaintext.set(decipher.update(stolen), before);
      chain(plaintext, ciphertext, before);
      return plaintext.subarray(0, length);
    },
  };
}

/** Each block but the first is combined with the ciphertext before it; by words, which takes a quarter of the time. */
function chain(plaintext: Uint8Array, ciphertext: Uint8Array, bytes: number): void {
  const target = new Uint32Array(plaintext.buffer, blockBytes, bytes / 4);
  // A copy begins where words may begin.
  const source = new Uint32Array(new Uint8Array(ciphertext.subarray(0, bytes)).buffer);
  for (let index = 0; index < target.length; index += 1) target[index] = (target[index] ?? 0) ^ (source[index] ?? 0);
}
