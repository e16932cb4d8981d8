/** @module Ids of decisions and audit events: the ULID layout, so that ids sort by time and are easy to read out. */
import type { Clock, Random } from '../spi/clock.ts';

/** Crockford's base32: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 48 bits of time in 5-bit digits; the first digit carries three of them. */
const TIME_DIGITS = 10;
const RANDOM_BYTES = 10;

/** 26 characters: 48 bits of time in milliseconds, then 80 random bits. Ids of one millisecond have no order. */
export function newId(clock: Clock, random: Random): string {
  let time = Math.floor(clock.now());
  let timePart = '';
  for (let digit = 0; digit < TIME_DIGITS; digit += 1) {
    timePart = ALPHABET.charAt(time % 32) + timePart;
    time = Math.floor(time / 32);
  }
  return timePart + base32(random.bytes(RANDOM_BYTES));
}

/** For a multiple of 5 bytes, so that no digit is padded. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((buffer >>> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}
