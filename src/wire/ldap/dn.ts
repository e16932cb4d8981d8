/** @module Distinguished names as text: reading, escaping and comparing (RFC 4514). */

export interface AttributeValue {
  /** As written. */
  readonly type: string;
  /** Unescaped text; `#` and hexadecimal digits where it was written so. */
  readonly value: string;
}

/** One or more attribute values; more than one are joined with `+`. */
export type Rdn = readonly AttributeValue[];

/** No directory keeps a longer name, and reading one costs time in proportion. */
const maxDnLength = 16_384;

/** A value as part of a DN: every character that could end it or change it is escaped (RFC 4514 §2.4). */
export function escapeDnValue(value: string): string {
  return value.replace(/[\\",+;<>=\0]|^[ #]| $/g, (character) => (character === '\0' ? '\\00' : `\\${character}`));
}

export function formatDn(rdns: readonly Rdn[]): string {
  return rdns.map((rdn) => rdn.map(({ type, value }) => `${type}=${escapeDnValue(value)}`).join('+')).join(',');
}

const typePattern = / *([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*) *= */y;

/** Leftmost RDN first; empty for the empty DN; `undefined` for what is no DN. */
export function parseDn(text: string): readonly Rdn[] | undefined {
  if (text.length > maxDnLength) return undefined;
  if (text.trim() === '') return [];
  const rdns: Rdn[] = [];
  let rdn: AttributeValue[] = [];
  let at = 0;
  for (;;) {
    typePattern.lastIndex = at;
    const match = typePattern.exec(text);
    const type = match?.[1];
    if (match === null || type === undefined) return undefined;
    const read = readValue(text, at + match[0].length);
    if (read === undefined) return undefined;
    rdn.push({ type, value: read.value });
    at = read.end;
    const separator = text[at];
    if (separator !== '+') {
      rdns.push(rdn);
      rdn = [];
    }
    if (separator === undefined) return rdns;
    at += 1;
  }
}

/** Up to a separator that is not escaped. Spaces around it do not count, escaped ones do. */
function readValue(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  const bytes: Buffer[] = [];
  let at = start;
  let pendingSpace = '';
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === ',' || character === '+' || character === ';') break;
    if (character === ' ') {
      pendingSpace += ' ';
      continue;
    }
    bytes.push(Buffer.from(pendingSpace));
    pendingSpace = '';
    if (character === '\\') {
      const hex = /^[0-9A-Fa-f]{2}/.exec(text.slice(at + 1, at + 3))?.[0];
      const next = text[at + 1];
      if (hex !== undefined) {
        bytes.push(Buffer.from(hex, 'hex'));
        at += 2;
      } else if (next !== undefined && ' "#+,;<=>\\'.includes(next)) {
        bytes.push(Buffer.from(next));
        at += 1;
      } else {
        return undefined;
      }
    } else if (character === '"' || character === '\0') {
      return undefined;
    } else {
      const point = String.fromCodePoint(text.codePointAt(at) ?? 0);
      bytes.push(Buffer.from(point));
      at += point.length - 1;
    }
  }
  return { value: Buffer.concat(bytes).toString('utf8'), end: at };
}

/**
 * A key that is equal for DNs that a directory takes for the same: types and values without regard to case, runs of spaces
 * as one (caseIgnoreMatch, RFC 4517 §4.2.11). What is no DN is its own key.
 */
export function dnKey(text: string): string {
  const rdns = parseDn(text);
  if (rdns === undefined) return text;
  return formatDn(
    rdns.map((rdn) =>
      rdn
        .map(({ type, value }) => ({ type: type.toLowerCase(), value: folded(value) }))
        .toSorted((a, b) => (a.type < b.type ? -1 : 1)),
    ),
  );
}

function folded(value: string): string {
  return value.normalize('NFKC').toLowerCase().trim().replace(/ {2,}/g, ' ');
}

/** The value of the leftmost RDN part with this attribute type: a group's name cut out of its DN. */
export function valueInDn(dn: string, type: string): string | undefined {
  return parseDn(dn)
    ?.flat()
    .find((part) => part.type.toLowerCase() === type.toLowerCase())?.value;
}
