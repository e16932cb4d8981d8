/** @module Start tags of the strict reader: attributes, their normalisation, and namespaces (Namespaces in XML 1.0). */
import { GatehouseError } from '../../spi/errors.ts';
import { lookupNamespace, type NamespaceScope, type XmlAttribute, type XmlPlaces } from './element.ts';
import { expandReferences } from './escape.ts';
import { maxNameLength, maxNamespaceLength, maxNamespacesInScope } from './limits.ts';
import { isAbsoluteUri, parseQName, type QName, xmlNamespace, xmlnsNamespace } from './names.ts';

export interface StartTag {
  /** As written, for the comparison with the end tag. */
  readonly rawName: string;
  readonly prefix: string;
  readonly localName: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly scope: NamespaceScope | undefined;
  readonly empty: boolean;
  /** Where the tag ends in the text. */
  readonly end: number;
}

/** Names that were found good earlier in the same document. */
export type KnownNames = Map<string, QName>;

const noAttributes: readonly XmlAttribute[] = [];

/** Reads the tag whose name begins at `from`. */
export function readStartTag(
  text: string,
  from: number,
  outer: NamespaceScope | undefined,
  names: KnownNames,
  maxAttributes: number,
  places?: XmlPlaces,
): StartTag {
  let at = nameEnd(text, from);
  const rawName = text.slice(from, at);
  const name = checkedName(rawName, names, from);
  const raw: RawAttribute[] = [];
  let scope = outer;
  let count = 0;
  let empty = false;
  for (;;) {
    const afterSpace = skipSpace(text, at);
    const unit = text.charCodeAt(afterSpace);
    if (unit === 0x3e /* > */) {
      at = afterSpace + 1;
      break;
    }
    if (unit === 0x2f /* / */ && text.charCodeAt(afterSpace + 1) === 0x3e) {
      empty = true;
      at = afterSpace + 2;
      break;
    }
    if (afterSpace === at) throw malformed('A start tag is not well formed', at);
    count += 1;
    if (count > maxAttributes) throw tooMuch('An element has too many attributes', afterSpace);
    const nameAt = afterSpace;
    const nameStop = nameEnd(text, nameAt);
    const attributeName = checkedName(text.slice(nameAt, nameStop), names, nameAt);
    const equals = skipSpace(text, nameStop);
    if (text.charCodeAt(equals) !== 0x3d) throw malformed('An attribute has no value', equals);
    const quoteAt = skipSpace(text, equals + 1);
    const quote = text[quoteAt];
    if (quote !== '"' && quote !== "'") throw malformed('An attribute value has no quotation mark', quoteAt);
    const stop = text.indexOf(quote, quoteAt + 1);
    if (stop < 0) throw malformed('An attribute value does not end', quoteAt);
    const value = normalisedValue(text.slice(quoteAt + 1, stop), quoteAt);
    at = stop + 1;
    if (attributeName.prefix === 'xmlns') scope = declare(scope, outer, attributeName.localName, value, nameAt);
    else if (attributeName.prefix === '' && attributeName.localName === 'xmlns') {
      scope = declare(scope, outer, '', value, nameAt);
    } else raw.push({ name: attributeName, value, at: nameAt });
  }
  return {
    rawName,
    prefix: name.prefix,
    localName: name.localName,
    namespace: name.prefix === '' ? (lookupNamespace(scope, '') ?? '') : resolve(scope, name.prefix, from),
    attributes: raw.length === 0 ? noAttributes : resolveAttributes(raw, scope, from, places),
    scope,
    empty,
    end: at,
  };
}

interface RawAttribute {
  readonly name: QName;
  readonly value: string;
  readonly at: number;
}

function resolveAttributes(
  raw: readonly RawAttribute[],
  scope: NamespaceScope | undefined,
  offset: number,
  places: XmlPlaces | undefined,
): readonly XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  for (const { name, value, at } of raw) {
    // The default namespace does not apply to attributes (Namespaces in XML 1.0 §6.2).
    const namespace = name.prefix === '' ? '' : resolve(scope, name.prefix, offset);
    for (const earlier of attributes) {
      if (earlier.localName === name.localName && earlier.namespace === namespace) {
        throw malformed('An attribute comes twice', offset);
      }
    }
    const attribute = { prefix: name.prefix, localName: name.localName, namespace, value };
    places?.set(attribute, at);
    attributes.push(attribute);
  }
  return attributes;
}

function resolve(scope: NamespaceScope | undefined, prefix: string, offset: number): string {
  if (prefix === 'xml') return xmlNamespace;
  const uri = lookupNamespace(scope, prefix);
  if (uri === undefined) throw malformed('A namespace prefix is not declared', offset);
  return uri;
}

function declare(
  scope: NamespaceScope | undefined,
  outer: NamespaceScope | undefined,
  prefix: string,
  uri: string,
  offset: number,
): NamespaceScope | undefined {
  if (uri.length > maxNamespaceLength) throw tooMuch('A namespace name is too long', offset);
  // Namespaces in XML 1.0 §3: neither reserved prefix nor reserved name may be bound to anything else.
  if (prefix === 'xmlns' || uri === xmlnsNamespace || (prefix === 'xml') !== (uri === xmlNamespace)) {
    throw malformed('A reserved namespace is declared', offset);
  }
  if (uri === '' ? prefix !== '' : !isAbsoluteUri(uri)) {
    throw malformed('A namespace name is not an absolute URI', offset);
  }
  for (let at = scope; at !== outer; at = at?.outer) {
    if (at?.prefix === prefix) throw malformed('A namespace is declared twice', offset);
  }
  if (prefix === 'xml') return scope;
  const depth = (scope?.depth ?? 0) + 1;
  if (depth > maxNamespacesInScope) throw tooMuch('Too many namespaces are in scope', offset);
  return { prefix, uri, outer: scope, depth };
}

/** XML 1.0 §3.3.3 for CDATA attributes: white space as written becomes a space, white space by reference stays. */
function normalisedValue(raw: string, offset: number): string {
  if (!/[<&\t\n]/.test(raw)) return raw;
  if (raw.includes('<')) throw malformed('An attribute value holds a less-than sign', offset);
  return expandReferences(raw.replace(/[\t\n]/g, ' '), offset + 1);
}

function checkedName(raw: string, names: KnownNames, offset: number): QName {
  const known = names.get(raw);
  if (known !== undefined) return known;
  if (raw.length > maxNameLength) throw tooMuch('A name is too long', offset);
  const name = parseQName(raw);
  if (name === undefined) throw malformed('A name is not well formed', offset);
  names.set(raw, name);
  return name;
}

/** Where a run of characters that may be a name stops; `checkedName` judges them. */
function nameEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit <= 0x20 || unit === 0x2f || unit === 0x3d || unit === 0x3e) break;
  }
  return at;
}

export function skipSpace(text: string, from: number): number {
  let at = from;
  for (; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x09) return at;
  }
}

export function malformed(message: string, offset: number): GatehouseError {
  return new GatehouseError('ERR_XML_MALFORMED', message, { facts: { offset } });
}

export function tooMuch(message: string, offset: number): GatehouseError {
  return new GatehouseError('ERR_XML_LIMIT', message, { facts: { offset } });
}
