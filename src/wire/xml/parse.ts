/** @module The strict XML reader: UTF-8 text to one tree, with limits, and without DTD, processing instructions and entities. */
import { GatehouseError } from '../../spi/errors.ts';
import type { NamespaceScope, XmlElement, XmlPlaces } from './element.ts';
import { expandReferences, forbiddenCharacterAt } from './escape.ts';
import { messageLimits, type XmlLimits } from './limits.ts';
import type { QName } from './names.ts';
import { malformed, readStartTag, type StartTag, skipSpace, tooMuch } from './start-tag.ts';

const xmlDeclaration =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[Uu][Tt][Ff]-8"|'[Uu][Tt][Ff]-8'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/;

interface OpenElement {
  readonly tag: StartTag;
  readonly content: (XmlElement | string)[];
  readonly at: number;
}

/**
 * Parses a document and returns its root. Comments are dropped and the text around them joined; CDATA is text.
 * `places` is filled where it is given. Faults have `facts.offset`, but for a document that is too large.
 * @throws ERR_XML_MALFORMED, ERR_XML_FORBIDDEN (DOCTYPE, processing instruction, entity), ERR_XML_LIMIT
 */
export function parseXml(text: string, limits: XmlLimits = messageLimits, places?: XmlPlaces): XmlElement {
  const normal = checkedText(text, limits);
  return readDocument(normal, declarationEnd(normal), limits, { places });
}

/** The same of one element cut out of a document, with the namespaces that are in scope around it. */
export function parseXmlWithin(text: string, scope: NamespaceScope | undefined, limits: XmlLimits): XmlElement {
  return readDocument(checkedText(text, limits), 0, limits, { scope });
}

function checkedText(text: string, limits: XmlLimits): string {
  if (text.length > limits.maxBytes || Buffer.byteLength(text) > limits.maxBytes) {
    throw new GatehouseError('ERR_XML_LIMIT', 'The document is too large', { facts: { maxBytes: limits.maxBytes } });
  }
  const forbidden = forbiddenCharacterAt(text);
  if (forbidden !== undefined) throw malformed('The document holds a character that XML has not', forbidden);
  // XML 1.0 §2.11, before anything else is recognised.
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

interface Surroundings {
  readonly scope?: NamespaceScope | undefined;
  readonly places?: XmlPlaces | undefined;
}

function readDocument(
  text: string,
  from: number,
  limits: XmlLimits,
  { scope: outer, places }: Surroundings,
): XmlElement {
  const names = new Map<string, QName>();
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let pending = '';
  let elements = 0;
  let at = from;

  const close = (element: OpenElement): void => {
    const { prefix, localName, namespace, attributes, scope } = element.tag;
    const built: XmlElement = { prefix, localName, namespace, attributes, scope, content: element.content };
    places?.set(built, element.at);
    const parent = open.at(-1);
    if (parent === undefined) root = built;
    else parent.content.push(built);
  };

  for (;;) {
    const less = text.indexOf('<', at);
    const textEnd = less < 0 ? text.length : less;
    if (textEnd > at) {
      const run = text.slice(at, textEnd);
      if (open.length > 0) pending += characterData(run, at);
      else if (skipSpace(text, at) < textEnd) throw malformed('There is text outside the root element', at);
    }
    if (less < 0) break;
    const unit = text.charCodeAt(less + 1);
    if (unit === 0x21 /* ! */) {
      if (text.startsWith('<!--', less)) {
        at = commentEnd(text, less);
      } else if (open.length > 0 && text.startsWith('<![CDATA[', less)) {
        const end = text.indexOf(']]>', less + 9);
        if (end < 0) throw malformed('A CDATA section does not end', less);
        pending += text.slice(less + 9, end);
        at = end + 3;
      } else if (text.startsWith('<!DOCTYPE', less)) {
        throw new GatehouseError('ERR_XML_FORBIDDEN', 'A document type declaration is refused', {
          facts: { offset: less },
        });
      } else throw malformed('A markup declaration is out of place', less);
      continue;
    }
    if (unit === 0x3f /* ? */) {
      throw new GatehouseError('ERR_XML_FORBIDDEN', 'A processing instruction is refused', { facts: { offset: less } });
    }
    const parent = open.at(-1);
    if (parent !== undefined && pending !== '') {
      parent.content.push(pending);
      pending = '';
    }
    if (unit === 0x2f /* / */) {
      if (parent === undefined || !text.startsWith(parent.tag.rawName, less + 2)) {
        throw malformed('An end tag does not match', less);
      }
      const end = skipSpace(text, less + 2 + parent.tag.rawName.length);
      if (text.charCodeAt(end) !== 0x3e) throw malformed('An end tag does not match', less);
      open.pop();
      close(parent);
      at = end + 1;
      continue;
    }
    if (parent === undefined && root !== undefined) throw malformed('There is a second root element', less);
    elements += 1;
    if (elements > limits.maxElements) throw tooMuch('The document has too many elements', less);
    if (open.length >= limits.maxDepth) throw tooMuch('The document is nested too deeply', less);
    const tag = readStartTag(
      text,
      less + 1,
      parent === undefined ? outer : parent.tag.scope,
      names,
      limits.maxAttributesPerElement,
      places,
    );
    at = tag.end;
    const opened: OpenElement = { tag, content: [], at: less };
    if (tag.empty) close(opened);
    else open.push(opened);
  }
  if (open.length > 0) throw malformed('An element is not closed', text.length);
  if (root === undefined) throw malformed('There is no root element', text.length);
  return root;
}

/** Where the XML declaration ends; 0 without one. @throws ERR_XML_MALFORMED for another than that of XML 1.0 in UTF-8 */
export function declarationEnd(text: string): number {
  if (!/^<\?xml[ \t\n]/.test(text)) return 0;
  const declaration = xmlDeclaration.exec(text);
  if (declaration === null) throw malformed('The XML declaration is not one of XML 1.0 in UTF-8', 0);
  return declaration[0].length;
}

function characterData(run: string, offset: number): string {
  // XML 1.0 §2.4: forbidden so that a reader which looks for the end of a CDATA section cannot be misled.
  if (run.includes(']]>')) throw malformed('Text holds the end mark of a CDATA section', offset);
  return expandReferences(run, offset);
}

function commentEnd(text: string, from: number): number {
  const end = text.indexOf('--', from + 4);
  if (end < 0 || text.charCodeAt(end + 2) !== 0x3e) throw malformed('A comment is not well formed', from);
  return end + 3;
}
