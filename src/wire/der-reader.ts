/** @module Reads DER (X.690 §8, §10): definite shortest lengths only; whatever breaks a rule is `undefined`, never a guess. */
import { isUtf8 } from 'node:buffer';

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

export interface DerElement {
  /** The identifier octet: class, constructed bit and number. `[n]` is 0x80 + n, constructed 0xa0 + n. */
  readonly tag: number;
  readonly contents: Uint8Array;
  /** Identifier, length and contents. */
  readonly whole: Uint8Array;
}

/** Four length octets reach 4 GiB: more than any input here. */
const maxLengthOctets = 4;

function elementAt(bytes: Uint8Array, offset: number): DerElement | undefined {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  // 0x1f: a tag number in further octets, which nothing here has.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  let start = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const octets = first - 0x80;
    if (octets === 0 || octets > maxLengthOctets || start + octets > bytes.length) return undefined;
    length = 0;
    for (let index = start; index < start + octets; index += 1) length = length * 256 + (bytes[index] ?? 0);
    if (length < 0x80 || length < 256 ** (octets - 1)) return undefined;
    start += octets;
  }
  const end = start + length;
  if (end > bytes.length) return undefined;
  return { tag, contents: bytes.subarray(start, end), whole: bytes.subarray(offset, end) };
}

/** The one element that these bytes are, with nothing after it. */
export function readDer(bytes: Uint8Array): DerElement | undefined {
  const element = elementAt(bytes, 0);
  return element?.whole.length === bytes.length ? element : undefined;
}

/** The elements inside a constructed one. `tag`: what it has to be. */
export function derChildren(element: DerElement | undefined, tag?: number): readonly DerElement[] | undefined {
  if (element === undefined || (element.tag & 0x20) === 0 || (tag !== undefined && element.tag !== tag))
    return undefined;
  const children: DerElement[] = [];
  for (let offset = 0; offset < element.contents.length; ) {
    const child = elementAt(element.contents, offset);
    if (child === undefined) return undefined;
    children.push(child);
    offset += child.whole.length;
  }
  return children;
}

/** Nobody's has more than some dozen; the number of a longer one costs the square of its length. */
const maxIdentifierOctets = 64;

/** Dotted. */
export function derObjectIdentifier(element: DerElement | undefined): string | undefined {
  const last = element?.contents.at(-1);
  if (element?.tag !== derTags.objectIdentifier || last === undefined || last >= 0x80) return undefined;
  if (element.contents.length > maxIdentifierOctets) return undefined;
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of element.contents) {
    if (arc === 0n && octet === 0x80) return undefined;
    arc = arc * 128n + BigInt(octet & 0x7f);
    if (octet < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [first = 0n, ...others] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...others].join('.');
}

export function derInteger(element: DerElement | undefined): bigint | undefined {
  const [first, second = 0] = element?.contents ?? [];
  if (element?.tag !== derTags.integer || first === undefined) return undefined;
  // X.690 §8.3.2: the first nine bits are not all alike.
  if (element.contents.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    return undefined;
  return BigInt.asIntN(element.contents.length * 8, BigInt(`0x${Buffer.from(element.contents).toString('hex')}`));
}

export function derBoolean(element: DerElement | undefined): boolean | undefined {
  if (element?.tag !== derTags.boolean || element.contents.length !== 1) return undefined;
  const [octet] = element.contents;
  return octet === 0xff ? true : octet === 0 ? false : undefined;
}

/** `bytes` ends with the octet whose lowest `unused` bits do not count. */
export function derBitString(
  element: DerElement | undefined,
): { readonly bytes: Uint8Array; readonly unused: number } | undefined {
  const [unused] = element?.contents ?? [];
  if (element?.tag !== derTags.bitString || unused === undefined || unused > 7) return undefined;
  const bytes = element.contents.subarray(1);
  return bytes.length === 0 && unused > 0 ? undefined : { bytes, unused };
}

const latin1 = (bytes: Buffer) => bytes.toString('latin1');

/** UniversalString is left out: nobody writes it, and what is not read is compared as bytes. */
const decoders: Readonly<Record<number, (bytes: Buffer) => string | undefined>> = {
  12: (bytes) => (isUtf8(bytes) ? bytes.toString('utf8') : undefined),
  18: latin1,
  19: latin1,
  // TeletexString is in practice Latin-1, and Java takes it for that.
  20: latin1,
  22: latin1,
  26: latin1,
  30: (bytes) => (bytes.length % 2 === 0 ? Buffer.from(bytes).swap16().toString('utf16le') : undefined),
};

/** The text of a character string type; `undefined` for any other type, and for bytes that are no text. */
export function derText(element: DerElement): string | undefined {
  return decoders[element.tag]?.(Buffer.from(element.contents));
}

/** UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 has them: to the second, in Z. Milliseconds since the epoch. */
export function derTime(element: DerElement | undefined): number | undefined {
  const text = Buffer.from(element?.contents ?? []).toString('latin1');
  const century = element?.tag === 0x17 ? (Number(text.slice(0, 2)) < 50 ? '20' : '19') : '';
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(`${century}${text}`);
  if (match === null || (element?.tag !== 0x17 && element?.tag !== 0x18)) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const at = Date.parse(written);
  // Date.parse takes 31 February for a day of March.
  return Number.isNaN(at) || new Date(at).toISOString() !== written ? undefined : at;
}
