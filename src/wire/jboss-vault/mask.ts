/** @module JBoss's masked passwords (jboss-facts §9): hidden, not protected, because everybody knows the key. */
import { isUtf8 } from 'node:buffer';
import { Secret } from '../../spi/secret.ts';
import { decryptPbeWithMd5AndDes, saltBytes } from '../java/pbe.ts';

const prefix = 'MASK-';
const key = Buffer.from('somearbitrarycrazystringthatdoesnotmatter', 'latin1');
/** PicketBox's own: `_` stands for nothing, at the beginning. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz./';
const blockBytes = 8;
/** A password of 700 characters. */
const maxCharacters = 1024;
/** vault.sh proposes some ten. */
export const maxMaskIterations = 1_000_000;

export function isMasked(text: string): boolean {
  return text.startsWith(prefix);
}

/** `undefined` when it is not masked, or with another salt or count. */
export function unmaskPassword(masked: string, salt: string, iterations: number): Secret<string> | undefined {
  const saltOctets = Buffer.from(salt, 'utf8');
  const digits = masked.slice(prefix.length).replace(/^_+/, '');
  const readable = isMasked(masked) && digits !== '' && digits.length <= maxCharacters;
  const countFits = Number.isInteger(iterations) && iterations >= 1 && iterations <= maxMaskIterations;
  if (!readable || !countFits || saltOctets.length !== saltBytes) return undefined;
  const encrypted = bytesOf(digits);
  const plain = encrypted && decryptPbeWithMd5AndDes(encrypted, { password: key, salt: saltOctets, iterations });
  return plain === undefined || !isUtf8(plain) ? undefined : new Secret(Buffer.from(plain).toString('utf8'));
}

/**
 * One large number, most significant digit first. Its leading zero bytes may be left out, and are put back: what is
 * encrypted has whole blocks.
 */
function bytesOf(digits: string): Uint8Array | undefined {
  let number = 0n;
  for (const digit of digits) {
    const value = alphabet.indexOf(digit);
    if (value < 0) return undefined;
    number = number * 64n + BigInt(value);
  }
  const hex = number.toString(16);
  const blocks = Math.ceil(hex.length / (blockBytes * 2));
  return Buffer.from(hex.padStart(blocks * blockBytes * 2, '0'), 'hex');
}
