/** @module Exclusive XML Canonicalization 1.0 without comments (W3C xml-exc-c14n), of a tree that holds no comments. */
import { GatehouseError } from '../../spi/errors.ts';
import { lookupNamespace, type NamespaceScope, type XmlAttribute, type XmlElement } from './element.ts';
import { escapeAttribute, escapeText } from './escape.ts';
import { compareCodePoints } from './names.ts';

/** The namespaces that output ancestors have rendered. */
interface Rendered {
  readonly prefix: string;
  readonly uri: string;
  readonly outer: Rendered | undefined;
}

/**
 * Start tags of a canonical form may be longer than those of the document: each declares the namespaces that it uses. An honest
 * message of the largest size that is read stays far below; a made-up one would cost half a second.
 */
const maxCanonicalCharacters = 1024 * 1024;

interface Budget {
  left: number;
}

/**
 * The canonical form of an element and all in it.
 * @param inclusivePrefixes the PrefixList of `ec:InclusiveNamespaces`; `#default` is the default namespace.
 * @param omitted a child of `element` that is left out: the enveloped signature (xmldsig-core §6.6.4).
 * @throws ERR_XML_LIMIT
 */
export function canonicalize(
  element: XmlElement,
  inclusivePrefixes: readonly string[] = [],
  omitted?: XmlElement,
): string {
  const prefixes = inclusivePrefixes.map((prefix) => (prefix === '#default' ? '' : prefix));
  return writeElement(element, undefined, prefixes, omitted, { left: maxCanonicalCharacters });
}

/** The canonical form of a document whose elements come one after the other, piece by piece, each below the limit. */
export interface CanonicalPieces {
  /** The start tag of an element whose content follows. */
  open(element: XmlElement): string;
  element(element: XmlElement): string;
  text(text: string): string;
  /** The end tag of the element that was opened last. */
  close(): string;
}

export function canonicalPieces(inclusivePrefixes: readonly string[]): CanonicalPieces {
  const prefixes = inclusivePrefixes.map((prefix) => (prefix === '#default' ? '' : prefix));
  const open: { readonly rendered: Rendered | undefined; readonly name: string }[] = [];
  const budget = () => ({ left: maxCanonicalCharacters });
  return {
    open(element) {
      const outer = open.at(-1)?.rendered;
      const rendered = renderNamespaces(element, outer, prefixes);
      open.push({ rendered, name: nameOf(element) });
      return startTag(element, rendered, outer);
    },
    element: (element) => writeElement(element, open.at(-1)?.rendered, prefixes, undefined, budget()),
    text: escapeText,
    close() {
      return `</${open.pop()?.name}>`;
    },
  };
}

function writeElement(
  element: XmlElement,
  outer: Rendered | undefined,
  inclusive: readonly string[],
  omitted: XmlElement | undefined,
  budget: Budget,
): string {
  const rendered = renderNamespaces(element, outer, inclusive);
  let out = startTag(element, rendered, outer);
  budget.left -= out.length;
  if (budget.left < 0) throw new GatehouseError('ERR_XML_LIMIT', 'The canonical form is too large');
  for (const node of element.content) {
    if (typeof node === 'string') out += escapeText(node);
    else if (node !== omitted) out += writeElement(node, rendered, inclusive, undefined, budget);
  }
  return `${out}</${nameOf(element)}>`;
}

function startTag(element: XmlElement, rendered: Rendered | undefined, outer: Rendered | undefined): string {
  let out = `<${nameOf(element)}`;
  if (rendered !== outer) out += namespaceAxis(rendered, outer);
  for (const one of canonicalOrder(element.attributes)) out += ` ${nameOf(one)}="${escapeAttribute(one.value)}"`;
  return `${out}>`;
}

function nameOf({ prefix, localName }: { readonly prefix: string; readonly localName: string }): string {
  return prefix === '' ? localName : `${prefix}:${localName}`;
}

/** xml-exc-c14n §3: what is visibly used, and what the prefix list asks for, unless an output ancestor says the same. */
function renderNamespaces(
  element: XmlElement,
  outer: Rendered | undefined,
  inclusive: readonly string[],
): Rendered | undefined {
  let rendered = render(outer, element.prefix, element.namespace);
  for (const one of element.attributes) {
    if (one.prefix !== '') rendered = render(rendered, one.prefix, one.namespace);
  }
  for (const prefix of inclusive) {
    const uri = inScope(element.scope, prefix);
    if (uri !== undefined) rendered = render(rendered, prefix, uri);
  }
  return rendered;
}

function inScope(scope: NamespaceScope | undefined, prefix: string): string | undefined {
  return lookupNamespace(scope, prefix) ?? (prefix === '' ? '' : undefined);
}

function render(rendered: Rendered | undefined, prefix: string, uri: string): Rendered | undefined {
  if (prefix === 'xml') return rendered;
  for (let at = rendered; at !== undefined; at = at.outer) {
    if (at.prefix === prefix) return at.uri === uri ? rendered : { prefix, uri, outer: rendered };
  }
  // No default namespace is what a document begins with: xmlns="" says nothing there.
  return prefix === '' && uri === '' ? rendered : { prefix, uri, outer: rendered };
}

function namespaceAxis(rendered: Rendered | undefined, outer: Rendered | undefined): string {
  const added: Rendered[] = [];
  for (let at = rendered; at !== undefined && at !== outer; at = at.outer) added.push(at);
  if (added.length > 1) added.sort((a, b) => compareCodePoints(a.prefix, b.prefix));
  let out = '';
  for (const { prefix, uri } of added) {
    out += prefix === '' ? ` xmlns="${escapeAttribute(uri)}"` : ` xmlns:${prefix}="${escapeAttribute(uri)}"`;
  }
  return out;
}

/** xml-c14n §2.2: by namespace name, then by local name; those without a namespace come first. */
function canonicalOrder(attributes: readonly XmlAttribute[]): readonly XmlAttribute[] {
  if (attributes.length < 2) return attributes;
  return [...attributes].sort(
    (a, b) => compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.localName, b.localName),
  );
}
