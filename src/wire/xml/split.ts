/**
 * @module Reading a large document element by element: a cheap scan of the bytes cuts it where the strict reader then has to
 * agree. Never more of it is in memory as a tree than one element below a group.
 */
import { isUtf8 } from 'node:buffer';
import { GatehouseError } from '../../spi/errors.ts';
import type { NamespaceScope, XmlElement } from './element.ts';
import { forbiddenCharacterAt } from './escape.ts';
import type { XmlLimits } from './limits.ts';
import type { QName } from './names.ts';
import { declarationEnd, parseXmlWithin } from './parse.ts';
import { malformed, readStartTag, tooMuch } from './start-tag.ts';

export type XmlPiece =
  /** A group begins: its start tag as an element without content. */
  | { readonly kind: 'open'; readonly element: XmlElement }
  /** White space between elements of a group; nothing else may be there. */
  | { readonly kind: 'space'; readonly text: string }
  /** A whole element, and the bytes from which `parseXmlWithin` makes it again. */
  | {
      readonly kind: 'element';
      readonly element: XmlElement;
      readonly from: number;
      readonly to: number;
      readonly scope: NamespaceScope | undefined;
    }
  | { readonly kind: 'close' };

export interface SplitLimits {
  readonly maxBytes: number;
  readonly maxPieces: number;
  /** Of one element below a group. */
  readonly element: XmlLimits;
}

/** Groups in groups: one level is in use. */
const maxGroupDepth = 8;

/** An end tag with the right name may stand in a comment or a CDATA section: the next one is tried, so many times. */
const maxCuts = 4;

/** Logos are named by address; a start tag holds some namespaces and dates. */
const maxTagBytes = 64 * 1024;

const [less, greater, slash, exclamation, question] = [0x3c, 0x3e, 0x2f, 0x21, 0x3f] as const;
const noElements: XmlElement['content'] = [];

interface Group {
  readonly rawName: string;
  readonly scope: NamespaceScope | undefined;
}

/**
 * The pieces in document order; comments are left out. When the last one has been taken, the document as a whole was well
 * formed, as `parseXml` would have it, and not before.
 * @param isGroup told a start tag: true to be given what is in the element piece by piece.
 * @throws ERR_XML_MALFORMED, ERR_XML_FORBIDDEN, ERR_XML_LIMIT with `offset` in bytes
 */
export function* splitXml(
  bytes: Buffer,
  isGroup: (tag: XmlElement) => boolean,
  limits: SplitLimits,
): Generator<XmlPiece> {
  if (bytes.length > limits.maxBytes) {
    throw new GatehouseError('ERR_XML_LIMIT', 'The document is too large', { facts: { maxBytes: limits.maxBytes } });
  }
  if (!isUtf8(bytes)) throw malformed('The document is not UTF-8', 0);
  const names = new Map<string, QName>();
  const groups: Group[] = [];
  let hasRoot = false;
  let pieces = 0;
  let at = prologEnd(bytes);

  for (;;) {
    const mark = bytes.indexOf(less, at);
    const end = mark < 0 ? bytes.length : mark;
    if (end > at) {
      const text = bytes.toString('latin1', at, end);
      if (!/^[ \t\r\n]*$/.test(text)) throw malformed('There is text where only elements may be', at);
      if (groups.length > 0) yield { kind: 'space', text: text.replace(/\r\n?/g, '\n') };
    }
    if (mark < 0) break;
    pieces += 1;
    if (pieces > limits.maxPieces) throw tooMuch('The document has too many elements', mark);
    const group = groups.at(-1);
    if (bytes[mark + 1] === exclamation) {
      at = commentEnd(bytes, mark);
      continue;
    }
    if (bytes[mark + 1] === question) {
      throw new GatehouseError('ERR_XML_FORBIDDEN', 'A processing instruction is refused', { facts: { offset: mark } });
    }
    if (bytes[mark + 1] === slash) {
      const stop = bytes.indexOf(greater, mark) + 1;
      if (group === undefined || stop === 0 || !isEndTag(bytes, mark, stop, group.rawName)) {
        throw malformed('An end tag does not match', mark);
      }
      groups.pop();
      at = stop;
      yield { kind: 'close' };
      continue;
    }
    if (group === undefined && hasRoot) throw malformed('There is a second root element', mark);
    hasRoot = true;
    const tagStop = tagEnd(bytes, mark);
    const tagText = bytes.toString('utf8', mark, tagStop).replace(/\r\n?/g, '\n');
    if (forbiddenCharacterAt(tagText) !== undefined)
      throw malformed('A start tag holds a character that XML has not', mark);
    const tag = readStartTag(tagText, 1, group?.scope, names, limits.element.maxAttributesPerElement);
    if (tag.end !== tagText.length) throw malformed('A start tag is not well formed', mark);
    const { prefix, localName, namespace, attributes, scope, rawName } = tag;
    const opened: XmlElement = { prefix, localName, namespace, attributes, scope, content: noElements };
    if (isGroup(opened)) {
      if (groups.length >= maxGroupDepth) throw tooMuch('The document is nested too deeply', mark);
      yield { kind: 'open', element: opened };
      at = tagStop;
      if (tag.empty) yield { kind: 'close' };
      else groups.push({ rawName, scope });
      continue;
    }
    const cut = tag.empty ? read(bytes, mark, tagStop, group, limits) : cutElement(bytes, mark, rawName, group, limits);
    at = cut.to;
    yield { kind: 'element', element: cut.element, from: mark, to: cut.to, scope: group?.scope };
  }
  if (groups.length > 0) throw malformed('An element is not closed', bytes.length);
  if (!hasRoot) throw malformed('There is no root element', bytes.length);
}

function read(bytes: Buffer, from: number, to: number, group: Group | undefined, limits: SplitLimits) {
  return { element: parseXmlWithin(bytes.toString('utf8', from, to), group?.scope, limits.element), to };
}

function cutElement(bytes: Buffer, from: number, rawName: string, group: Group | undefined, limits: SplitLimits) {
  const wanted = `</${rawName}`;
  let first: unknown;
  let stop = from;
  for (let tries = 0; tries < maxCuts; tries += 1) {
    const mark = nextEndTag(bytes, wanted, stop);
    if (mark === undefined) break;
    stop = bytes.indexOf(greater, mark) + 1;
    if (stop === 0) break;
    if (stop - from > limits.element.maxBytes) throw tooMuch('An element is too large', from);
    try {
      return read(bytes, from, stop, group, limits);
    } catch (error) {
      if (!(error instanceof GatehouseError && error.code === 'ERR_XML_MALFORMED')) throw error;
      first ??= new GatehouseError(error.code, error.message, { cause: error, facts: { offset: from } });
    }
  }
  throw first ?? malformed('An element is not closed', from);
}

/** `</ds:SignatureValue` is not the end of `ds:Signature`. */
function nextEndTag(bytes: Buffer, wanted: string, from: number): number | undefined {
  for (let at = bytes.indexOf(wanted, from); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    const unit = bytes[at + wanted.length] ?? 0;
    if (unit === greater || isSpace(unit)) return at;
  }
  return undefined;
}

function isEndTag(bytes: Buffer, from: number, to: number, rawName: string): boolean {
  const text = bytes.toString('utf8', from, to);
  return text.startsWith(`</${rawName}`) && /^[ \t\r\n]*>$/.test(text.slice(rawName.length + 2));
}

/** Behind the `>` of a start tag; one in an attribute value does not count. */
function tagEnd(bytes: Buffer, from: number): number {
  let quote = 0;
  const last = Math.min(bytes.length, from + maxTagBytes);
  for (let at = from + 1; at < last; at += 1) {
    const unit = bytes[at] ?? 0;
    if (quote !== 0) quote = unit === quote ? 0 : quote;
    else if (unit === 0x22 || unit === 0x27) quote = unit;
    else if (unit === greater) return at + 1;
  }
  throw last < bytes.length ? tooMuch('A start tag is too long', from) : malformed('A start tag does not end', from);
}

function commentEnd(bytes: Buffer, from: number): number {
  if (bytes.toString('latin1', from, from + 9) === '<!DOCTYPE') {
    throw new GatehouseError('ERR_XML_FORBIDDEN', 'A document type declaration is refused', {
      facts: { offset: from },
    });
  }
  if (bytes.toString('latin1', from, from + 4) !== '<!--')
    throw malformed('A markup declaration is out of place', from);
  const end = bytes.indexOf('--', from + 4);
  if (end < 0 || bytes[end + 2] !== greater) throw malformed('A comment is not well formed', from);
  if (forbiddenCharacterAt(bytes.toString('utf8', from, end)) !== undefined) {
    throw malformed('A comment holds a character that XML has not', from);
  }
  return end + 3;
}

/** Behind the byte order mark, which XML allows in a file (XML 1.0 §4.3.3), and the XML declaration. */
function prologEnd(bytes: Buffer): number {
  const at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const head = bytes.toString('latin1', at, at + 256);
  return at + declarationEnd(head);
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x09 || unit === 0x0d;
}
