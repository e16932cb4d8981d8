/** @module n-fold (RFC 3961 §5.1): stretches or shrinks bytes to a given length, each bit counting the same. */

/** @param size bytes wanted; both lengths at least 1 */
export function nFold(input: Uint8Array, size: number): Uint8Array {
  const folded = new Uint8Array(size);
  const inputBits = input.length * 8;
  let carry = 0;
  // From the last byte to the first, so that the carry of the ones'-complement addition runs as in long addition.
  for (let index = leastCommonMultiple(input.length, size) - 1; index >= 0; index -= 1) {
    // Copy k of the input is rotated right by 13 · k bits: the bit with which this byte of the copies begins.
    const copy = Math.floor(index / input.length);
    const bit = (((index % input.length) * 8 - 13 * copy) % inputBits) + inputBits;
    const first = Math.floor(bit / 8) % input.length;
    const pair = ((input[first] ?? 0) << 8) | (input[(first + 1) % input.length] ?? 0);
    const place = index % size;
    carry += ((pair >> (8 - (bit % 8))) & 0xff) + (folded[place] ?? 0);
    folded[place] = carry & 0xff;
    carry >>= 8;
  }
  for (let place = size - 1; carry > 0; place = (place + size - 1) % size) {
    carry += folded[place] ?? 0;
    folded[place] = carry & 0xff;
    carry >>= 8;
  }
  return folded;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
