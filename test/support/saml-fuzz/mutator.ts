/** @module Inputs for the fuzzer, made of others: bytes, tokens of XML and pieces of other inputs put in, taken out, doubled. */

/** A number below `limit`. */
export type Dice = (limit: number) => number;

/** The same numbers for the same seed (mulberry32), so that a run can be repeated. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const tokens = [
  ...['<', '>', '/>', '</', '<!--', '-->', '<![CDATA[', ']]>', '<?', '<!DOCTYPE', '&', '&#x', '&amp;', '&#0;', '&lt;'],
  ...[
    '"',
    "'",
    '=',
    ' ',
    '\t',
    '\n',
    '\r',
    ':',
    '#',
    '%',
    '%2',
    '%00',
    '+',
    '&SAMLRequest=',
    '&RelayState=',
    '&SigAlg=',
  ],
  ...[' xmlns="urn:a"', ' xmlns:a="urn:b"', ' ID="_1"', ' Id="_1"', ' xml:id="_1"', ' Version="2.0"'],
  ...[
    'urn:oasis:names:tc:SAML:2.0:protocol',
    '2026-01-01T00:00:00Z',
    '-9999-99-99T99:99:99Z',
    '99999999999999999999',
    '-1',
  ],
  ...['\u0000', '\uFEFF', '\uFFFE', '\u{10FFFF}', '\u202E', 'é'],
].map((text) => Buffer.from(text));

/** Longer than any seed, shorter than every limit: what is over the limits is refused for its size alone. */
const maxBytes = 64 * 1024;

/** One to eight changes of `input`, with pieces of `other`. */
export function mutated(input: Buffer, other: Buffer, dice: Dice): Buffer {
  let bytes = input;
  for (let left = 1 + dice(8); left > 0; left -= 1) bytes = changed(bytes, other, dice);
  return bytes.subarray(0, maxBytes);
}

function changed(bytes: Buffer, other: Buffer, dice: Dice): Buffer {
  const at = dice(bytes.length + 1);
  const length = dice(dice(4) === 0 ? bytes.length + 1 : 16);
  const put = (piece: Uint8Array, removed = 0) =>
    Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + removed)]);
  switch (dice(7)) {
    case 0:
      return put(tokens[dice(tokens.length)] ?? Buffer.of());
    case 1:
      return put(tokens[dice(tokens.length)] ?? Buffer.of(), length);
    case 2:
      return put(Buffer.of(), length);
    case 3:
      return put(Buffer.of(dice(256)), 1);
    case 4:
      return put(elementIn(other, dice) ?? slice(other, dice));
    case 5:
      return put(elementIn(bytes, dice) ?? slice(bytes, dice));
    default:
      return repeated(bytes, at, length, dice);
  }
}

function slice(bytes: Buffer, dice: Dice): Buffer {
  const from = dice(bytes.length + 1);
  return bytes.subarray(from, from + dice(256));
}

/** From one less-than sign to a later greater-than sign: now and then a whole element. */
function elementIn(bytes: Buffer, dice: Dice): Buffer | undefined {
  const from = bytes.indexOf('<', dice(bytes.length + 1));
  if (from < 0) return undefined;
  const to = bytes.indexOf('>', from + dice(512));
  return to < 0 ? undefined : bytes.subarray(from, to + 1);
}

/** What is cheap once may not be cheap a thousand times. */
function repeated(bytes: Buffer, at: number, length: number, dice: Dice): Buffer {
  const piece = bytes.subarray(at, at + Math.max(1, length));
  const times = Math.min(1 + dice(2 ** (1 + dice(11))), Math.floor(maxBytes / Math.max(1, piece.length)));
  return Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: times }, () => piece), bytes.subarray(at)]);
}
