/** @module Distinguished names (X.501): read from DER, written as Java writes them, compared as RFC 5280 §7.1 says. */
import { type DerElement, derChildren, derObjectIdentifier, derTags, derText } from '../der-reader.ts';

export interface NameAttribute {
  /** Dotted object identifier. */
  readonly type: string;
  /** Absent where the value is no character string. */
  readonly text?: string;
  /** The value's whole DER. */
  readonly der: Uint8Array;
}

/** Relative names in the order of their encoding: the country first, the person last. */
export type X500Name = readonly (readonly NameAttribute[])[];

export const commonName = '2.5.4.3';
export const emailAddress = '1.2.840.113549.1.9.1';

/** What Java's `X500Name.toString` calls them. */
const keywords: Readonly<Record<string, string>> = {
  [commonName]: 'CN',
  '2.5.4.4': 'SURNAME',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'T',
  '2.5.4.42': 'GIVENNAME',
  '2.5.4.43': 'INITIALS',
  '2.5.4.44': 'GENERATION',
  '2.5.4.46': 'DNQ',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  [emailAddress]: 'EMAILADDRESS',
};

export function readX500Name(element: DerElement | undefined): X500Name | undefined {
  const names = derChildren(element, derTags.sequence)?.map((set) => {
    const attributes = derChildren(set, derTags.set)?.map(readAttribute);
    return attributes !== undefined && attributes.length > 0 && attributes.every((one) => one !== undefined)
      ? attributes
      : undefined;
  });
  return names?.every((one) => one !== undefined) === true ? names : undefined;
}

function readAttribute(element: DerElement): NameAttribute | undefined {
  const [typeElement, value, ...others] = derChildren(element, derTags.sequence) ?? [];
  const type = derObjectIdentifier(typeElement);
  if (type === undefined || value === undefined || others.length > 0) return undefined;
  const text = derText(value);
  return { type, der: value.whole, ...(text === undefined ? {} : { text }) };
}

/**
 * As `X500Name.toString` of Java does, which JBoss's roles files are written after: the person first, `, ` between relative names,
 * ` + ` within one, quotes where a value needs them. Unlike Java a quotation mark in a value is always escaped, so that no two
 * names are written alike.
 */
export function formatX500Name(name: X500Name): string {
  return name
    .toReversed()
    .map((attributes) => attributes.map(formatAttribute).join(' + '))
    .join(', ');
}

function formatAttribute({ type, text, der }: NameAttribute): string {
  const keyword = keywords[type] ?? `OID.${type}`;
  if (text === undefined) return `${keyword}=#${Buffer.from(der).toString('hex')}`;
  const escaped = text.replace(/["\\]/g, '\\$&');
  const quoted = /[,+=\n<>#;\\"]|^ | $| {2}/.test(text);
  return `${keyword}=${quoted ? `"${escaped}"` : escaped}`;
}

/** One text for each relative name; names are equal when these are. Case and repeated blanks do not count in texts (RFC 5280 §7.1). */
export function canonicalX500Name(name: X500Name): readonly string[] {
  return name.map((attributes) => attributes.map(canonicalAttribute).sort().join('+'));
}

function canonicalAttribute({ type, text, der }: NameAttribute): string {
  const value =
    text === undefined
      ? `#${Buffer.from(der).toString('hex')}`
      : JSON.stringify(text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' '));
  return `${type}=${value}`;
}

/** The whole name as one text to compare by. */
export function x500NameKey(name: X500Name): string {
  return JSON.stringify(canonicalX500Name(name));
}

/** Texts of an attribute, in the order of their encoding. */
export function attributeTexts(name: X500Name, type: string): readonly string[] {
  return name.flat().flatMap((attribute) => (attribute.type === type ? (attribute.text ?? []) : []));
}
