/** @module Reads the passwords that JBoss's SecureIdentityLoginModule has encoded. Hidden, not protected: the key is known to all. */
import { Secret } from '../../spi/secret.ts';
import { decryptBlowfish } from './blowfish.ts';

const key = Buffer.from('jaas is the way', 'latin1');
const blockBytes = 8;
/** A password of 500 characters. */
const maxDigits = 1024;

/**
 * The password behind an encoded one; `undefined` when it is not one. What is written is a signed number in hexadecimal
 * (java.math.BigInteger), so that leading zero bytes are missing and a first byte from 0x80 makes it negative.
 */
export function decodeSecureIdentity(encoded: string): Secret<string> | undefined {
  const parts = /^(-?)0*([0-9a-fA-F]+)$/.exec(encoded);
  if (parts === null || encoded.length > maxDigits) return undefined;
  const number = BigInt(`0x${parts[2]}`) * (parts[1] === '-' ? -1n : 1n);
  const digits = (parts[2] ?? '').length;
  const bits = blockBytes * 8;
  // Sign and all digits fit; a negative number needs the top bit.
  const blocks = Math.max(1, Math.ceil((digits * 4) / bits));
  const bytes = Buffer.from(
    BigInt.asUintN(blocks * bits, number)
      .toString(16)
      .padStart(blocks * 16, '0'),
    'hex',
  );
  const plain = Buffer.from(decryptBlowfish(key, bytes));
  const padding = plain.at(-1) ?? 0;
  const isPadded = padding >= 1 && padding <= blockBytes && plain.subarray(-padding).every((byte) => byte === padding);
  if (!isPadded) return undefined;
  return new Secret(plain.subarray(0, -padding).toString('utf8'));
}
