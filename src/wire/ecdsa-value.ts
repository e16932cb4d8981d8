/** @module An ECDSA signature as XML has it: r and s side by side, each as long as the field (xmldsig-core1 §6.4.3, RFC 9231 §2.3.6). */
import { derChildren, derTags, readDer } from './der-reader.ts';

/**
 * From `Ecdsa-Sig-Value` in DER (RFC 3279 §2.2.3), which is what OpenSSL makes.
 * @param fieldBytes 32 for P-256, 48 for P-384, 66 for P-521
 * @throws Error when it is not such a signature: nobody but our own OpenSSL makes one here.
 */
export function ecdsaValueOf(der: Uint8Array, fieldBytes: number): Uint8Array {
  const numbers = derChildren(readDer(der), derTags.sequence);
  if (numbers?.length !== 2) throw new Error('not an ECDSA signature');
  const value = new Uint8Array(2 * fieldBytes);
  for (const [index, { tag, contents }] of numbers.entries()) {
    // A number whose first bit is set has a zero before it; a small one is short.
    const digits = contents[0] === 0 ? contents.subarray(1) : contents;
    if (tag !== derTags.integer || digits.length > fieldBytes) throw new Error('not an ECDSA signature of this curve');
    value.set(digits, (index + 1) * fieldBytes - digits.length);
  }
  return value;
}
