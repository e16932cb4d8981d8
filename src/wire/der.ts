/** @module Writes DER (X.690): the few types that an X.509 certificate is made of. */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Definite form, shortest (X.690 §10.1). */
function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) {
    return [length];
  }
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
    octets.unshift(rest % 256);
  }
  return [0x80 + octets.length, ...octets];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = concat(contents);
  return concat([Uint8Array.of(tag, ...lengthOctets(body.length)), body]);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(tags.sequence, ...parts);

/** One member: the order that DER asks of more (X.690 §11.6) is then no question. */
export const setOfOne = (part: Uint8Array): Uint8Array => element(tags.set, part);

export const boolean = (value: boolean): Uint8Array => element(tags.boolean, Uint8Array.of(value ? 0xff : 0));

export const nothing = (): Uint8Array => element(tags.null);

/** A non-negative integer from its big-endian bytes, in the fewest octets (X.690 §8.3.2). */
export function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return element(tags.integer, sign, digits);
}

/** Base 128, high bit set on all but the last octet of each number (X.690 §8.19). */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...others].flatMap((arc) => {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
      digits.unshift(128 + (rest % 128));
    }
    return digits;
  });
  return element(tags.objectIdentifier, Uint8Array.from(octets));
}

/** @param unusedBits how many of the last octet's low bits do not count. */
export const bitString = (bytes: Uint8Array, unusedBits = 0): Uint8Array =>
  element(tags.bitString, Uint8Array.of(unusedBits), bytes);

/** Named bits, the first is bit 0; trailing zeros are left out (X.690 §11.2.2). */
export function namedBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of bits) {
    const index = Math.floor(bit / 8);
    bytes[index] = (bytes[index] ?? 0) | (0x80 >> (bit % 8));
  }
  return bitString(bytes, 7 - (highest % 8));
}

export const octetString = (bytes: Uint8Array): Uint8Array => element(tags.octetString, bytes);

export const utf8String = (text: string): Uint8Array => element(tags.utf8String, new TextEncoder().encode(text));

/** `[n]` with the type's own tag replaced; `constructed` where it holds other elements. */
export const contextImplicit = (number: number, contents: Uint8Array): Uint8Array => element(0x80 + number, contents);

/** `[n] EXPLICIT`: wraps a whole element. */
export const contextExplicit = (number: number, part: Uint8Array): Uint8Array => element(0xa0 + number, part);

/** UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5), to the second. */
export function time(at: number): Uint8Array {
  const digits = new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '');
  const late = new Date(at).getUTCFullYear() >= 2050;
  return element(late ? tags.generalizedTime : tags.utcTime, new TextEncoder().encode(late ? digits : digits.slice(2)));
}
