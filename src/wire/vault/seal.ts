/** @module One value of the vault under AES-256-GCM (NIST SP 800-38D), bound to what it is the value of. */

import { isUtf8 } from 'node:buffer';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Secret } from '../../spi/secret.ts';
import type { VaultKey } from './keys.ts';

const algorithm = 'aes-256-gcm';
export const nonceBytes = 12;
export const tagBytes = 16;
/** Of the length of a value the file tells no more than this: most passwords look alike. */
const paddingBytes = 64;

export interface Sealed {
  readonly nonce: Uint8Array;
  /** Ciphertext and tag. */
  readonly bytes: Uint8Array;
}

/** `about` is authenticated, not hidden: what is sealed under one text does not open under another. */
function seal(key: VaultKey, about: string, plain: Uint8Array, nonce: Uint8Array): Sealed {
  const cipher = createCipheriv(algorithm, key.bytes.reveal(), nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(about, 'utf8'));
  const bytes = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { nonce, bytes };
}

/** `undefined` when the key, the text or one bit of the bytes is another. */
function open(key: VaultKey, about: string, { nonce, bytes }: Sealed): Buffer | undefined {
  if (nonce.length !== nonceBytes || bytes.length < tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key.bytes.reveal(), nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(about, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const plain = decipher.update(bytes.subarray(0, -tagBytes));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // The one thing that `final` throws for with this algorithm: the tag does not fit.
    return undefined;
  }
}

export function sealText(key: VaultKey, about: string, text: Secret<string>, nonce: Uint8Array): Sealed {
  const plain = Buffer.from(text.reveal(), 'utf8');
  const padded = Buffer.alloc((Math.floor(plain.length / paddingBytes) + 1) * paddingBytes);
  plain.copy(padded);
  padded[plain.length] = 0x80;
  return seal(key, about, padded, nonce);
}

export function openText(key: VaultKey, about: string, sealed: Sealed): Secret<string> | undefined {
  const padded = open(key, about, sealed);
  const end = padded?.lastIndexOf(0x80) ?? -1;
  const plain = padded?.subarray(0, Math.max(0, end));
  return plain === undefined || end < 0 || !isUtf8(plain) ? undefined : new Secret(plain.toString('utf8'));
}

/** Nothing but the proof that who had the key has seen `about`. */
export function sealOver(key: VaultKey, about: string, nonce: Uint8Array): Sealed {
  return seal(key, about, new Uint8Array(), nonce);
}

export function isSealOver(key: VaultKey, about: string, sealed: Sealed): boolean {
  return open(key, about, sealed)?.length === 0;
}
