/** @module Strict base64 (RFC 4648 §4): one text for one value, so that nothing signed can be written in two ways. */

/**
 * The bytes that `text` stands for, or `undefined` when it is not exactly what an encoder writes: wrong alphabet, missing
 * padding, non-zero trailing bits, white space.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Node's decoder forgives everything; encoding again is faster than a regular expression and stricter.
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** As `decodeBase64`, after XML white space has been removed: for XML content and forms, where lines are wrapped (RFC 2045 §6.8). */
export function decodeWrappedBase64(text: string): Uint8Array | undefined {
  return decodeBase64(text.replace(/[\t\n\r ]+/g, ''));
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
