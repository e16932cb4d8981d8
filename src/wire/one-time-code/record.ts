/** @module What is kept of a person's authenticator, sealed: AES-256-GCM, bound to its purpose and its owner. */
import { createCipheriv, createDecipheriv, type DecipherGCM, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '../../spi/clock.ts';
import { maxSealedCharacters } from '../../spi/one-time-codes.ts';
import { Secret } from '../../spi/secret.ts';
import { type CodeParameters, codeAlgorithms } from './totp.ts';

export interface Authenticator extends CodeParameters {
  readonly secret: Secret<Uint8Array>;
  /** Digests of the recovery codes that are left (`recoveryDigest`). */
  readonly recovery: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** `record`: what a store keeps. `proposal`: what a browser carries until its owner has typed a first code. */
export type SealPurpose = 'record' | 'proposal';

export interface AuthenticatorSeal {
  /** The key of the digests of recovery codes. */
  readonly recoveryKey: Secret<Uint8Array>;
  seal(purpose: SealPurpose, user: string, authenticator: Authenticator): string;
  /** `undefined` for what was sealed for somebody else, for another purpose, under another key, or not at all. */
  open(purpose: SealPurpose, user: string, sealed: string): Authenticator | undefined;
}

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
/** Of the format: what begins with another number was written by a release that this one cannot read. */
const prefix = '1.';

const recordSchema = z.strictObject({
  secret: z.base64(),
  algorithm: z.enum(codeAlgorithms),
  digits: z.union([z.literal(6), z.literal(8)]),
  recovery: z.array(z.string()),
  at: z.number(),
});

export function createAuthenticatorSeal(key: Secret<Uint8Array>, random: Random): AuthenticatorSeal {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', key.reveal(), '', `gatehouse ${use}`, keyBytes));
  const sealKey = derive('one-time code record');
  const bound = (purpose: SealPurpose, user: string) => Buffer.from(JSON.stringify([prefix, purpose, user]), 'utf8');

  return {
    recoveryKey: new Secret(derive('one-time code recovery')),
    seal(purpose, user, { secret, algorithm, digits, recovery, at }) {
      const text = JSON.stringify({ secret: base64Of(secret.reveal()), algorithm, digits, recovery, at });
      const nonce = random.bytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce).setAAD(bound(purpose, user));
      const sealed = [cipher.update(text, 'utf8'), cipher.final()];
      return prefix + Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open(purpose, user, sealed) {
      if (!sealed.startsWith(prefix) || sealed.length > maxSealedCharacters) return undefined;
      const bytes = Buffer.from(sealed.slice(prefix.length), 'base64url');
      if (bytes.length <= nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, nonceBytes));
      decipher.setAAD(bound(purpose, user)).setAuthTag(bytes.subarray(-tagBytes));
      const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
      if (!isGenuine(decipher)) return undefined;
      const { secret, ...rest } = recordSchema.parse(JSON.parse(text.toString('utf8')));
      return { ...rest, secret: new Secret(Buffer.from(secret, 'base64')) };
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

const base64Of = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
