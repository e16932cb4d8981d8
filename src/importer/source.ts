/** @module A JBoss configuration as a tree of elements and attributes that know their line: strict XML, with limits of its own. */
import { GatehouseError } from '../spi/errors.ts';
import type { XmlElement, XmlPlaces } from '../wire/xml/element.ts';
import type { XmlLimits } from '../wire/xml/limits.ts';
import { parseXml } from '../wire/xml/parse.ts';

/** A domain.xml with every profile has some 300 KiB; a machine wrote what is twenty times as long. */
export const configurationLimits: XmlLimits = {
  maxBytes: 8 * 1024 * 1024,
  maxDepth: 64,
  maxElements: 200_000,
  maxAttributesPerElement: 64,
};

/** From 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

interface SourceNode extends SourcePlace {
  readonly name: string;
  /** `/server/profile/subsystem/security-domains/security-domain[other]/@cache-type`: for people. */
  readonly path: string;
}

export interface SourceAttribute extends SourceNode {
  readonly value: string;
}

export interface SourceElement extends SourceNode {
  readonly namespace: string;
  readonly attributes: readonly SourceAttribute[];
  readonly children: readonly SourceElement[];
  /** Its own text without white space around it. */
  readonly text: string;
}

/** What tells elements of one name apart. */
const keys = ['name', 'code', 'pool-name', 'ClassName', 'class', 'Key'];
/** A path is read by people. */
const maxKey = 100;

/** @throws ERR_XML_MALFORMED, ERR_XML_FORBIDDEN, ERR_XML_LIMIT, each with `file`, `line` and `column` */
export function readSource(text: string, file: string, limits: XmlLimits = configurationLimits): SourceElement {
  // An editor of Windows begins a file with a byte-order mark.
  const lines = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const at = placesIn(lines);
  const places: XmlPlaces = new Map();
  try {
    return convert(parseXml(lines, limits, places), '', places, at);
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    const { offset, ...facts } = error.facts;
    const place = at(typeof offset === 'number' ? offset : 0);
    throw new GatehouseError(error.code, error.message, { cause: error, facts: { file, ...place, ...facts } });
  }
}

function placesIn(text: string): (offset: number) => SourcePlace {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** The reader's limit of depth bounds the recursion. */
function convert(
  element: XmlElement,
  above: string,
  places: XmlPlaces,
  at: (offset: number) => SourcePlace,
): SourceElement {
  const key = keys.flatMap((name) => element.attributes.find((one) => one.localName === name)?.value ?? []).at(0);
  const path = `${above}/${element.localName}${key === undefined ? '' : `[${key.slice(0, maxKey)}]`}`;
  return {
    name: element.localName,
    namespace: element.namespace,
    path,
    ...at(places.get(element) ?? 0),
    attributes: element.attributes.map((attribute) => ({
      name: attribute.localName,
      value: attribute.value,
      path: `${path}/@${attribute.localName}`,
      ...at(places.get(attribute) ?? 0),
    })),
    children: element.content.flatMap((one) => (typeof one === 'string' ? [] : [convert(one, path, places, at)])),
    text: element.content
      .filter((one) => typeof one === 'string')
      .join('')
      .trim(),
  };
}

export function attributeOf(element: SourceElement, name: string): SourceAttribute | undefined {
  return element.attributes.find((attribute) => attribute.name === name);
}

export function childOf(element: SourceElement | undefined, name: string): SourceElement | undefined {
  return element?.children.find((child) => child.name === name);
}

export function childrenOf(element: SourceElement | undefined, name: string): readonly SourceElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Every element of that name below, in the order of the file. */
export function nodesNamed(element: SourceElement, name: string): readonly SourceElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...nodesNamed(child, name)]);
}
