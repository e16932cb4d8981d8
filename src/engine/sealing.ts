/** @module Text that a browser carries for us and can neither read nor change: AES-256-GCM under a key for one purpose. */
import { createCipheriv, createDecipheriv, type DecipherGCM, hkdfSync } from 'node:crypto';
import type { Random } from '../spi/clock.ts';
import type { Secret } from '../spi/secret.ts';

export interface Sealing {
  /** base64url. `boundTo`: what has to be given again to open it. */
  seal(text: string, boundTo?: readonly string[]): string;
  /** `undefined` for whatever was not sealed here, for this purpose and bound to just this. */
  open(sealed: string, boundTo?: readonly string[]): string | undefined;
}

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** `key` is the installation's: what is sealed on one node is opened on any. Each purpose has a key of its own (RFC 5869). */
export function createSealing(options: {
  readonly key: Secret<Uint8Array>;
  readonly random: Random;
  readonly purpose: string;
}): Sealing {
  const key = Buffer.from(hkdfSync('sha256', options.key.reveal(), '', `gatehouse ${options.purpose}`, keyBytes));
  const bound = (parts: readonly string[]) => (parts.length === 0 ? '' : JSON.stringify(parts));

  return {
    seal(text, boundTo = []) {
      const nonce = options.random.bytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound(boundTo)));
      const sealed = [cipher.update(text, 'utf8'), cipher.final()];
      return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open(sealed, boundTo = []) {
      if (!/^[A-Za-z0-9_-]+$/.test(sealed)) return undefined;
      const bytes = Buffer.from(sealed, 'base64url');
      // One spelling only: another one of the same bytes would be another thing to a store.
      if (bytes.length <= nonceBytes + tagBytes || bytes.toString('base64url') !== sealed) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(bound(boundTo))).setAuthTag(bytes.subarray(-tagBytes));
      const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
      return isGenuine(decipher) ? text.toString('utf8') : undefined;
    },
  };
}

/** In this mode the end of the text gives no more bytes, only the verdict about the tag. */
function isGenuine(decipher: DecipherGCM): boolean {
  try {
    decipher.final();
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
