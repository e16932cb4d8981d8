/** @module Names of XML 1.0 (fifth edition) and of Namespaces in XML 1.0. */

export const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
export const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

export interface QName {
  /** Empty for none. */
  readonly prefix: string;
  readonly localName: string;
}

/** XML 1.0 §2.3 NameStartChar and NameChar without the colon. */
const nameStart =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const nameRest = `${nameStart}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040`;
const ncName = new RegExp(`^[${nameStart}][${nameRest}]*$`, 'u');
const asciiNcName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Namespaces in XML 1.0 §3; also the lexical form of `xs:ID`. */
export function isNcName(text: string): boolean {
  return asciiNcName.test(text) || ncName.test(text);
}

/** `undefined` when `text` is not a QName (Namespaces in XML 1.0 §4). */
export function parseQName(text: string): QName | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return isNcName(text) ? { prefix: '', localName: text } : undefined;
  const prefix = text.slice(0, colon);
  const localName = text.slice(colon + 1);
  return isNcName(prefix) && isNcName(localName) ? { prefix, localName } : undefined;
}

/** RFC 3986 §3, with a host name and without user information where there is an authority. */
const pathCharacter = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const absoluteUri = new RegExp(
  `^[A-Za-z][A-Za-z0-9+.-]*:(?://[A-Za-z0-9._~-]+(?::[0-9]{1,5})?(?=[/?#]|$)|(?!//))` +
    `(?:${pathCharacter}|/)*(?:\\?(?:${pathCharacter}|[/?])*)?(?:#(?:${pathCharacter}|[/?])*)?$`,
);

/**
 * Relative namespace names are deprecated, and canonical XML must refuse them (xml-c14n §1.3). What is no URI at all is refused
 * too: libxml2 does, and two readers must not disagree.
 */
export function isAbsoluteUri(text: string): boolean {
  return absoluteUri.test(text);
}

/** Order by Unicode code points, as canonical XML sorts: JavaScript's own order puts surrogates before U+E000. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return orderUnit(x) - orderUnit(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above every other code unit. */
function orderUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
