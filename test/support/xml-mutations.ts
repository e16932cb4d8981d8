/** @module What somebody on the way can do to a message: to its characters, its elements, its attributes. For property tests. */
import fc from 'fast-check';
import type { XmlAttribute, XmlElement } from '../../src/wire/xml/element.ts';

/** Characters and tokens in place of others, or a piece of the text itself from elsewhere, in up to three places. */
export function characterMutations(original: string): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '&',
      '"',
      ' ',
      '/',
      '-->',
      '<!--',
      '<![CDATA[',
      ']]>',
      '&amp;',
      'a',
      '0',
      '_evil',
      'admin',
      '\u0000',
      'é',
    ),
    fc.string({ maxLength: 3, unit: 'binary' }),
    fc.tuple(fc.nat(original.length - 1), fc.nat(40)).map(([at, length]) => original.slice(at, at + length)),
  );
  const cut = fc.tuple(fc.nat(original.length - 1), fc.nat(8), piece);
  return fc
    .array(cut, { minLength: 1, maxLength: 3 })
    .map((cuts) =>
      cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), original),
    );
}

/** Elements moved, copied, renamed, wrapped or taken out, up to four times. */
export function elementMutations(original: XmlElement): fc.Arbitrary<XmlElement> {
  const step = fc.record({
    what: fc.constantFrom('copy', 'move', 'remove', 'rename', 'wrap', 'evil-copy'),
    from: fc.nat(200),
    to: fc.nat(200),
    at: fc.nat(8),
  });
  return fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.reduce(mutated, original));
}

/** One attribute changed, taken away, added or brought over from another element. */
export function attributeMutations(original: XmlElement): fc.Arbitrary<XmlElement> {
  const step = fc.record({
    at: fc.nat(200),
    which: fc.nat(6),
    from: fc.nat(200),
    value: fc.option(fc.string({ maxLength: 20 })),
  });
  return step.map(({ at, which, from, value }) => {
    const elements = all(original);
    const target = elements[at % elements.length]!;
    const other = elements[from % elements.length]!.attributes[0];
    const attributes = changedAttributes(target.attributes, which, value, other);
    return replaced(original, target, { ...target, attributes });
  });
}

function all(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.content.flatMap((node) => (typeof node === 'string' ? [] : all(node)))];
}

/** The tree with one element in place of another; `undefined` takes it out. */
function replaced(root: XmlElement, target: XmlElement, by: XmlElement | undefined): XmlElement {
  if (root === target) return by ?? root;
  const content = root.content.flatMap((node): readonly (XmlElement | string)[] => {
    if (typeof node === 'string') return [node];
    if (node === target) return by === undefined ? [] : [by];
    return [replaced(node, target, by)];
  });
  return { ...root, content };
}

interface Step {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

function mutated(root: XmlElement, { what, from, to, at }: Step): XmlElement {
  const elements = all(root);
  const source = elements[from % elements.length]!;
  const target = elements[to % elements.length]!;
  const put = (into: XmlElement, node: XmlElement | string) => {
    const content = [...into.content];
    content.splice(at % (content.length + 1), 0, node);
    return { ...into, content };
  };
  switch (what) {
    case 'copy':
      return replaced(root, target, put(target, source));
    case 'evil-copy':
      return replaced(root, target, put(target, { ...source, content: ['admin'] }));
    case 'move':
      return all(source).includes(target)
        ? root
        : replaced(replaced(root, target, put(target, source)), source, undefined);
    case 'remove':
      return replaced(root, source, undefined);
    case 'rename':
      return replaced(root, source, {
        ...source,
        localName: target.localName,
        namespace: target.namespace,
        prefix: target.prefix,
      });
    default:
      return replaced(root, source, { ...target, content: [source] });
  }
}

function changedAttributes(
  attributes: readonly XmlAttribute[],
  which: number,
  value: string | null,
  other: XmlAttribute | undefined,
): readonly XmlAttribute[] {
  const chosen = attributes[which % Math.max(1, attributes.length)];
  if (chosen === undefined) return other === undefined ? attributes : [other];
  if (value === null) return attributes.filter((one) => one !== chosen);
  return attributes.map((one) => (one === chosen ? { ...one, value: other?.value ?? value } : one));
}
