/** @module The one tree of an XML document, from which signatures are checked and values are read. */

/** A namespace declaration in scope; the inner ones hide the outer ones. */
export interface NamespaceScope {
  /** Empty for the default namespace. */
  readonly prefix: string;
  /** Empty where `xmlns=""` takes the default away. */
  readonly uri: string;
  readonly outer: NamespaceScope | undefined;
  /** How many declarations are in scope, this one included. */
  readonly depth: number;
}

export interface XmlAttribute {
  readonly prefix: string;
  readonly localName: string;
  /** Empty for an attribute without a prefix. */
  readonly namespace: string;
  readonly value: string;
}

export interface XmlElement {
  readonly prefix: string;
  readonly localName: string;
  readonly namespace: string;
  /** In document order, without namespace declarations. */
  readonly attributes: readonly XmlAttribute[];
  readonly scope: NamespaceScope | undefined;
  /**
   * Elements and text; no two texts are neighbours. There is no way up: who holds an element that was signed cannot reach
   * what surrounded it.
   */
  readonly content: readonly (XmlElement | string)[];
}

/** Where elements and attributes begin, as offsets into the text with its line ends made `\n`. */
export type XmlPlaces = Map<XmlElement | XmlAttribute, number>;

export function isElement(element: XmlElement, namespace: string, localName: string): boolean {
  return element.localName === localName && element.namespace === namespace;
}

/** The child elements of one name, in document order. */
export function children(element: XmlElement, namespace: string, localName: string): readonly XmlElement[] {
  const found: XmlElement[] = [];
  for (const node of element.content) {
    if (typeof node !== 'string' && isElement(node, namespace, localName)) found.push(node);
  }
  return found;
}

/** The first child element of one name. Where more than one would be a trap, ask `children`. */
export function child(element: XmlElement, namespace: string, localName: string): XmlElement | undefined {
  for (const node of element.content) {
    if (typeof node !== 'string' && isElement(node, namespace, localName)) return node;
  }
  return undefined;
}

export function childElements(element: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = [];
  for (const node of element.content) if (typeof node !== 'string') found.push(node);
  return found;
}

/** The whole text of an element that holds text only, comments having been joined over; `undefined` when it has child elements. */
export function textOf(element: XmlElement): string | undefined {
  const [first, second] = element.content;
  if (first === undefined) return '';
  return typeof first === 'string' && second === undefined ? first : undefined;
}

/** The value of an attribute; without a namespace unless one is given. `undefined` when absent. */
export function attribute(element: XmlElement, localName: string, namespace = ''): string | undefined {
  for (const one of element.attributes) {
    if (one.localName === localName && one.namespace === namespace) return one.value;
  }
  return undefined;
}

/** The namespace that a prefix stands for; `undefined` when it is not declared. */
export function lookupNamespace(scope: NamespaceScope | undefined, prefix: string): string | undefined {
  for (let at = scope; at !== undefined; at = at.outer) if (at.prefix === prefix) return at.uri;
  return undefined;
}
