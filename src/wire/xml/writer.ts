/** @module The XML writer: a tree of plain values, written straight in its own exclusive canonical form. */
import { GatehouseError } from '../../spi/errors.ts';
import { escapeAttribute, escapeText, isXmlText } from './escape.ts';
import { compareCodePoints } from './names.ts';

/** Text is a string; an element is made by `element`. */
export type OutNode = string | OutElement | CanonicalXml | typeof signatureSlot;

export interface OutElement {
  readonly kind: 'element';
  /** `prefix:localName`; the prefix is looked up in the writer's namespaces. */
  readonly name: string;
  readonly attributes: readonly OutAttribute[];
  readonly content: readonly OutNode[];
}

/** Unprefixed, in canonical order (by code points). `undefined` leaves the attribute out. */
export type OutAttribute = readonly [name: string, value: string | undefined];

/** An element that has been written already, with every namespace that it uses declared in it: an assertion that was signed. */
export interface CanonicalXml {
  readonly kind: 'canonical';
  readonly xml: string;
}

/** Where the enveloped signature will go. */
export const signatureSlot = { kind: 'signature-slot' } as const;

/** The text around the signature slot; together they are the canonical form of the element without its signature. */
export interface AroundSignature {
  readonly head: string;
  readonly tail: string;
}

export type Namespaces = Readonly<Record<string, string>>;

export function element(name: string, attributes: readonly OutAttribute[], ...content: readonly OutNode[]): OutElement {
  return { kind: 'element', name, attributes, content };
}

/** Printable ASCII that needs no escape in either place, as nearly everything is: one look instead of four. */
const plain = /^[ !#-%'-;=?-~]*$/;

/**
 * The canonical text, cut at the signature slot; without one it is all in `head`.
 * @throws ERR_XML_FORBIDDEN for a character that XML does not have, and for a carriage return.
 */
export function writeAroundSignature(root: OutElement, namespaces: Namespaces): AroundSignature {
  let head: string | undefined;
  let out = '';

  const write = (node: OutElement, rendered: readonly string[]): void => {
    out += `<${node.name}`;
    const prefix = node.name.slice(0, node.name.indexOf(':'));
    let inner = rendered;
    if (!rendered.includes(prefix)) {
      out += ` xmlns:${prefix}="${namespaceOf(namespaces, prefix)}"`;
      inner = [...rendered, prefix];
    }
    let previous = '';
    for (const [name, value] of node.attributes) {
      if (value === undefined) continue;
      if (compareCodePoints(previous, name) >= 0) throw new Error('attributes are not in canonical order');
      previous = name;
      out += ` ${name}="${plain.test(value) ? value : escapeAttribute(checked(value))}"`;
    }
    out += '>';
    for (const item of node.content) {
      if (typeof item === 'string') out += plain.test(item) ? item : escapeText(checked(item));
      else if (item.kind === 'element') write(item, inner);
      else if (item.kind === 'canonical') out += item.xml;
      else {
        head = out;
        out = '';
      }
    }
    out += `</${node.name}>`;
  };

  write(root, []);
  return head === undefined ? { head: out, tail: '' } : { head, tail: out };
}

function namespaceOf(namespaces: Namespaces, prefix: string): string {
  const uri = namespaces[prefix];
  if (uri === undefined) throw new Error('a name has no prefix or one that is not declared');
  return uri;
}

function checked(text: string): string {
  // A carriage return would be right as &#xD;, but peers that write a document anew before verifying lose it.
  if (!isXmlText(text) || text.includes('\r')) {
    throw new GatehouseError('ERR_XML_FORBIDDEN', 'A value holds a character that cannot be written in XML');
  }
  return text;
}
