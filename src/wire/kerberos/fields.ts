/** @module The ASN.1 of Kerberos on top of DER: tagged fields, numbers, times, names (RFC 4120 §5.1, §5.2). */
import { isUtf8 } from 'node:buffer';
import { contextExplicit, integer, octetString, sequence } from '../der.ts';
import { type DerElement, derBitString, derChildren, derTags, readDer } from '../der-reader.ts';

/** What is inside `[n]`, by n. */
export type Fields = readonly (DerElement | undefined)[];

const generalString = 0x1b;
const generalizedTime = 0x18;
/** Kerberos has no more than eleven fields in a sequence; 0xaf is `[15]`. */
const lastFieldTag = 0xaf;

/**
 * A SEQUENCE of `[n] EXPLICIT` in ascending order. Fields that a later version may have added at the end are read over.
 * @param application the number of the application tag around it, where it has one
 */
export function readFields(bytes: DerElement | undefined, application?: number): Fields | undefined {
  const inside = application === undefined ? bytes : unwrap(bytes, 0x60 + application);
  const children = derChildren(inside, derTags.sequence);
  if (children === undefined) return undefined;
  const fields: (DerElement | undefined)[] = [];
  let last = 0x9f;
  for (const child of children) {
    const content = child.tag > last && child.tag <= lastFieldTag ? readDer(child.contents) : undefined;
    if (content === undefined) return undefined;
    last = child.tag;
    fields[child.tag - 0xa0] = content;
  }
  return fields;
}

function unwrap(element: DerElement | undefined, tag: number): DerElement | undefined {
  return element?.tag === tag ? readDer(element.contents) : undefined;
}

/** Signed, of four octets at most; UInt32 is given as five, or wrongly as a negative number, and comes out as it is. */
export function readInteger(element: DerElement | undefined): number | undefined {
  const first = element?.contents[0];
  const second = element?.contents[1] ?? 0;
  if (element?.tag !== derTags.integer || first === undefined || element.contents.length > 5) return undefined;
  if (element.contents.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    return undefined;
  let value = first >= 0x80 ? -1 : 0;
  for (let index = 0; index < element.contents.length; index += 1) value = value * 256 + (element.contents[index] ?? 0);
  return value;
}

export function readOctets(element: DerElement | undefined): Uint8Array | undefined {
  return element?.tag === derTags.octetString ? element.contents : undefined;
}

/** KerberosString: by the letter ASCII, in practice UTF-8 (RFC 4120 §5.2.1). */
export function readString(element: DerElement | undefined): string | undefined {
  if (element?.tag !== generalString || !isUtf8(element.contents)) return undefined;
  const { buffer, byteOffset, length } = element.contents;
  return Buffer.from(buffer, byteOffset, length).toString('utf8');
}

/** 32 flags or more, the first is bit 0 (RFC 4120 §5.2.8); as a number whose highest bit is flag 0. */
export function readFlags(element: DerElement | undefined): number | undefined {
  const bits = derBitString(element);
  if (bits === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = bits.bytes;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

export function hasFlag(flags: number, bit: number): boolean {
  return ((flags >>> (31 - bit)) & 1) === 1;
}

/** KerberosTime: whole seconds, in Z (RFC 4120 §5.2.3). Milliseconds since the epoch. */
export function readTime(element: DerElement | undefined): number | undefined {
  const { contents } = element ?? {};
  if (element?.tag !== generalizedTime || contents?.length !== 15 || contents[14] !== 0x5a) return undefined;
  const digits = (from: number, to: number) => {
    let value = 0;
    for (let index = from; index < to; index += 1) {
      const digit = (contents[index] ?? 0) - 0x30;
      value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
    }
    return value;
  };
  const [year, month, day] = [digits(0, 4), digits(4, 6), digits(6, 8)];
  const at = Date.UTC(year, month - 1, day, digits(8, 10), digits(10, 12), digits(12, 14));
  const date = new Date(at);
  // Date.UTC takes 31 February for a day of March, and the year 70 for 1970.
  const same = date.getUTCDate() === day && date.getUTCMonth() === month - 1 && date.getUTCFullYear() === year;
  return same && digits(8, 10) < 24 && digits(10, 12) < 60 && digits(12, 14) < 60 ? at : undefined;
}

/** A SEQUENCE of `[n]` from its fields; `undefined` is left out. */
export function writeFields(fields: readonly (Uint8Array | undefined)[]): Uint8Array {
  return sequence(...fields.flatMap((field, index) => (field === undefined ? [] : [contextExplicit(index, field)])));
}

/** `[APPLICATION n]` around it. */
export function writeApplication(number: number, contents: Uint8Array): Uint8Array {
  // The class bits of a context tag, 10, become those of an application tag, 01.
  const tagged = contextExplicit(number, contents);
  tagged[0] = 0x60 + number;
  return tagged;
}

/** @param value 0 to 2³²-1 */
export function writeInteger(value: number): Uint8Array {
  return integer(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
}

export function writeString(text: string): Uint8Array {
  const tagged = octetString(new TextEncoder().encode(text));
  tagged[0] = generalString;
  return tagged;
}

/** To the second: what is below is in a field of its own. */
export function writeTime(at: number): Uint8Array {
  const digits = new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '');
  const tagged = octetString(new TextEncoder().encode(digits));
  tagged[0] = generalizedTime;
  return tagged;
}
