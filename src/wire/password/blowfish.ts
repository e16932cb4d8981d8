/** @module Blowfish (Schneier 1994), decryption only: for the passwords that JBoss's SecureIdentity has hidden with it. */

const rounds = 16;
const words = rounds + 2 + 4 * 256;

interface Key {
  readonly p: Uint32Array;
  readonly s: Uint32Array;
}

/**
 * The first 1042 words of the fraction of π, which is what Blowfish's tables begin with. Computed (Machin's formula) rather than
 * written down: a page of constants can hide a wrong digit, and they are needed when an old configuration is read and at no other time.
 */
function fractionOfPi(): Uint32Array {
  const guard = 64n;
  const bits = BigInt(words * 32) + guard;
  const one = 1n << bits;
  /** arctan(1/x), scaled by `one`. */
  const arctanOf = (x: bigint): bigint => {
    let power = one / x;
    let sum = power;
    for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
      power /= x * x;
      sum += (sign * power) / n;
    }
    return sum;
  };
  const pi = 4n * (4n * arctanOf(5n) - arctanOf(239n));
  const hex = ((pi - 3n * one) >> guard).toString(16).padStart(words * 8, '0');
  return Uint32Array.from({ length: words }, (_, index) => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16));
}

function mix(s: Uint32Array, x: number): number {
  const at = (table: number, byte: number) => s[table * 256 + byte] ?? 0;
  const sum = (at(0, x >>> 24) + at(1, (x >>> 16) & 255)) ^ at(2, (x >>> 8) & 255);
  return (sum + at(3, x & 255)) >>> 0;
}

/** One block of two words; `order` runs over the subkeys, forwards to encrypt and backwards to decrypt. */
function transform(
  { p, s }: Key,
  left: number,
  right: number,
  order: (round: number) => number,
): readonly [number, number] {
  let [l, r] = [left, right];
  for (let round = 0; round < rounds; round += 1) {
    l = (l ^ (p[order(round)] ?? 0)) >>> 0;
    r = (r ^ mix(s, l)) >>> 0;
    [l, r] = [r, l];
  }
  [l, r] = [r, l];
  return [(l ^ (p[order(rounds + 1)] ?? 0)) >>> 0, (r ^ (p[order(rounds)] ?? 0)) >>> 0];
}

function expandKey(secret: Uint8Array): Key {
  const pi = fractionOfPi();
  const key = { p: pi.slice(0, rounds + 2), s: pi.slice(rounds + 2) };
  for (let index = 0; index < key.p.length; index += 1) {
    let word = 0;
    for (let byte = 0; byte < 4; byte += 1) word = (word << 8) | (secret[(index * 4 + byte) % secret.length] ?? 0);
    key.p[index] = (key.p[index] ?? 0) ^ word;
  }
  let block: readonly [number, number] = [0, 0];
  for (const table of [key.p, key.s]) {
    for (let index = 0; index < table.length; index += 2) {
      block = transform(key, block[0], block[1], (round) => round);
      table.set(block, index);
    }
  }
  return key;
}

/** Blocks one by one (ECB), padding left in place. `bytes` is a multiple of eight long; a key has 4 to 56 bytes. */
export function decryptBlowfish(secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  const key = expandKey(secret);
  const out = Buffer.from(bytes);
  for (let at = 0; at + 8 <= out.length; at += 8) {
    const [l, r] = transform(key, out.readUInt32BE(at), out.readUInt32BE(at + 4), (round) => rounds + 1 - round);
    out.writeUInt32BE(l, at);
    out.writeUInt32BE(r, at + 4);
  }
  return out;
}
