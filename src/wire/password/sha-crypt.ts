/** @module SHA-crypt, the `$5$` and `$6$` of crypt(3) (akkadia.org/drepper/SHA-crypt.txt). Takes milliseconds: run it off the event loop. */
import { hash } from 'node:crypto';

/** libxcrypt's limit (CRYPT_MAX_PASSPHRASE_SIZE): the work grows with the square of the length. */
export const maxShaCryptPasswordBytes = 512;

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The order of bytes in the text: triples, the last one short. */
const order = {
  sha256: [
    [0, 10, 20],
    [21, 1, 11],
    [12, 22, 2],
    [3, 13, 23],
    [24, 4, 14],
    [15, 25, 5],
    [6, 16, 26],
    [27, 7, 17],
    [18, 28, 8],
    [9, 19, 29],
    [31, 30],
  ],
  sha512: [
    ...Array.from({ length: 21 }, (_, row) => {
      const triple = [row, row + 21, row + 42];
      // Each row begins one place further round.
      return [...triple.slice(row % 3), ...triple.slice(0, row % 3)];
    }),
    [63],
  ],
} as const;

/** Characters of a hash in text. */
export const shaCryptLength = { sha256: 43, sha512: 86 } as const;

/** The text behind the last `$`. `password` has at most `maxShaCryptPasswordBytes`, `salt` at most 16. */
export function shaCrypt(digest: 'sha256' | 'sha512', password: Uint8Array, salt: Uint8Array, rounds: number): string {
  const digestOf = (parts: readonly Uint8Array[]): Buffer => hash(digest, Buffer.concat(parts), 'buffer');
  const inner = digestOf([password, salt, password]);
  const first: Uint8Array[] = [password, salt, repeat(inner, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) {
    first.push((bits & 1) === 1 ? inner : password);
  }
  let current = digestOf(first);
  const longPassword = repeat(digestOf(Array.from(password, () => password)), password.length);
  const longSalt = repeat(digestOf(Array.from({ length: 16 + (current[0] ?? 0) }, () => salt)), salt.length);
  // One buffer for all rounds: joining the parts anew each time would take longer than hashing them.
  const joined = Buffer.alloc(current.length + longSalt.length + 2 * longPassword.length);
  for (let round = 0; round < rounds; round += 1) {
    const odd = round % 2 === 1;
    let end = (odd ? longPassword : current).copy(joined);
    if (round % 3 !== 0) end += longSalt.copy(joined, end);
    if (round % 7 !== 0) end += longPassword.copy(joined, end);
    end += (odd ? current : longPassword).copy(joined, end);
    current = hash(digest, joined.subarray(0, end), 'buffer');
  }
  return encode(order[digest], current);
}

function repeat(block: Buffer, length: number): Buffer {
  return Buffer.alloc(length, block);
}

function encode(rows: readonly (readonly number[])[], bytes: Buffer): string {
  return rows
    .map((row) => {
      let value = row.reduce((sum, index) => (sum << 8) | (bytes[index] ?? 0), 0);
      const characters = row.length + 1;
      let text = '';
      for (let index = 0; index < characters; index += 1) {
        text += alphabet[value & 63];
        value >>= 6;
      }
      return text;
    })
    .join('');
}
