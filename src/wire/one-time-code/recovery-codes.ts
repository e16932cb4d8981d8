/** @module Recovery codes: what lets a person in once who has lost the authenticator. */
import { createHmac } from 'node:crypto';
import type { Random } from '../../spi/clock.ts';
import { Secret } from '../../spi/secret.ts';

export const recoveryCodeCount = 10;

/** 53 bits, which nobody guesses in a few attempts. Digits, because the field for codes brings up a keyboard of digits. */
const digits = 16;
/** So many that the remainder favours no code by more than one in 2^75. */
const bytes = 16;

/** `1234-5678-9012-3456` */
export function newRecoveryCodes(random: Random): readonly Secret<string>[] {
  return Array.from({ length: recoveryCodeCount }, () => {
    const drawn = BigInt(`0x${Buffer.from(random.bytes(bytes)).toString('hex')}`) % 10n ** BigInt(digits);
    const text = String(drawn).padStart(digits, '0');
    return new Secret(text.replace(/(.{4})(?=.)/g, '$1-'));
  });
}

/** What was typed without what people add; `undefined` when it can be no recovery code. */
export function readRecoveryCode(typed: string): string | undefined {
  const text = typed.replace(/[\s-]/g, '');
  return /^\d{16}$/.test(text) ? text : undefined;
}

/**
 * What is kept of one. No slow hash: 53 random bits cannot be guessed offline as a password can, and whoever has the
 * key under which they are kept has the secret of the authenticator too.
 */
export function recoveryDigest(key: Secret<Uint8Array>, user: string, code: string): string {
  return createHmac('sha256', key.reveal())
    .update(JSON.stringify(['recovery code', user, code]))
    .digest('base64url');
}
