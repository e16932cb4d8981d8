/** @module Random XML documents for property tests: well formed, with namespaces, written in every legal way. */
import fc from 'fast-check';

/** Characters that canonical form, normalisation or sorting treat in a way of their own. */
const characters = [
  'a',
  'Z',
  '0',
  ' ',
  '\t',
  '\n',
  '\r',
  '&',
  '<',
  '>',
  '"',
  "'",
  ']',
  '-',
  'é',
  '\u0085',
  '\u2028',
  '\uE000',
  '🎈',
];
const prefixes = ['', 'a', 'b', 'ns1', 'é', '\uF900', '𐐀'];
/** None with an ampersand, which libxml2 fails to escape in namespace declarations. */
const uris = ['', 'urn:a', 'urn:b', 'http://example.com/?x=1;y=2', "urn:it's"];
const localNames = ['x', 'y', 'ID', 'long-name.1', 'ü', '\uFA0E', '𐐁'];

interface Shape {
  readonly name: { readonly prefix: number; readonly local: number };
  readonly declarations: readonly { readonly prefix: number; readonly uri: number }[];
  readonly attributes: readonly {
    readonly prefix: number;
    readonly local: number;
    readonly value: readonly Piece[];
    readonly quote: string;
  }[];
  readonly content: readonly (Shape | Piece)[];
  readonly short: boolean;
}

type Piece = { readonly kind: 'text' | 'cdata' | 'comment' | 'reference'; readonly text: string };

const piece: fc.Arbitrary<Piece> = fc.record({
  kind: fc.constantFrom('text', 'text', 'cdata', 'comment', 'reference'),
  text: fc.array(fc.constantFrom(...characters), { maxLength: 6 }).map((parts) => parts.join('')),
});

const index = fc.nat({ max: 1000 });

const shape = fc.letrec<{ element: Shape }>((tie) => ({
  element: fc.record({
    name: fc.record({ prefix: index, local: index }),
    declarations: fc.array(fc.record({ prefix: index, uri: index }), { maxLength: 3 }),
    attributes: fc.array(
      fc.record({
        prefix: index,
        local: index,
        value: fc.array(piece, { maxLength: 3 }),
        quote: fc.constantFrom('"', "'"),
      }),
      { maxLength: 4 },
    ),
    content: fc.array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, piece, tie('element')), { maxLength: 5 }),
    short: fc.boolean(),
  }),
})).element;

/** A document, the path of one element in it (child element positions from the root), and a prefix list. */
export interface RandomDocument {
  readonly xml: string;
  readonly path: readonly number[];
  readonly prefixList: readonly string[];
}

export const randomDocument: fc.Arbitrary<RandomDocument> = fc
  .record({
    root: shape,
    declared: fc.boolean(),
    descend: fc.array(index, { maxLength: 4 }),
    prefixList: fc.array(fc.constantFrom('#default', ...prefixes.slice(1), 'undeclared', 'xml'), { maxLength: 3 }),
  })
  .map(({ root, declared, descend, prefixList }) => ({
    xml: `${declared ? '<?xml version="1.0" encoding="UTF-8"?>\r\n' : ''}<!-- before -->${write(root, new Map())}\n<!-- after -->`,
    path: pathIn(root, descend),
    prefixList: [...new Set(prefixList)],
  }));

function pathIn(root: Shape, descend: readonly number[]): readonly number[] {
  const path: number[] = [];
  let at = root;
  for (const step of descend) {
    const elements = at.content.filter((node): node is Shape => 'name' in node);
    if (elements.length === 0) break;
    path.push(step % elements.length);
    at = elements[step % elements.length]!;
  }
  return path;
}

function write(element: Shape, outer: ReadonlyMap<string, string>): string {
  const scope = new Map(outer);
  const declarations = new Map<string, string>();
  for (const { prefix, uri } of element.declarations) {
    const name = prefixes[prefix % prefixes.length]!;
    const value = uris[uri % uris.length]!;
    if (name !== '' && value === '') continue;
    declarations.set(name, value);
    scope.set(name, value);
  }
  const usable = ['', ...[...scope.keys()].filter((prefix) => prefix !== '')];
  const elementName = qualified(usable[element.name.prefix % usable.length]!, element.name.local);
  const attributes = new Map<string, string>();
  for (const { prefix, local, value, quote } of element.attributes) {
    const chosen = [...usable, 'xml'][prefix % (usable.length + 1)]!;
    const expanded = `${chosen === '' || chosen === 'xml' ? chosen : scope.get(chosen)} ${local % localNames.length}`;
    const written = value.map((one) => attributeText(one, quote)).join('');
    if (!attributes.has(expanded))
      attributes.set(expanded, `${qualified(chosen, local)}${element.short ? ' =\n' : '='}${quote}${written}${quote}`);
  }
  const written = [
    ...[...attributes.values()],
    ...[...declarations].map(([prefix, uri]) => `xmlns${prefix === '' ? '' : ':'}${prefix}="${uri}"`),
  ];
  const tag = `${elementName}${written.map((one) => `${element.short ? '\r\n ' : ' '}${one}`).join('')}`;
  if (element.content.length === 0 && element.short) return `<${tag}/>`;
  const content = element.content.map((node) => ('name' in node ? write(node, scope) : contentText(node))).join('');
  return `<${tag}>${content}</${elementName}${element.short ? ' ' : ''}>`;
}

function qualified(prefix: string, local: number): string {
  const name = localNames[local % localNames.length]!;
  return prefix === '' ? name : `${prefix}:${name}`;
}

function attributeText({ kind, text }: Piece, quote: string): string {
  return kind === 'reference' ? references(text) : escaped(text).replaceAll(quote, quote === '"' ? '&quot;' : '&apos;');
}

function contentText({ kind, text }: Piece): string {
  switch (kind) {
    case 'cdata':
      return `<![CDATA[${text.replaceAll(']]>', '')}]]>`;
    case 'comment':
      return `<!--${text.replaceAll('-', '')}-->`;
    case 'reference':
      return references(text);
    case 'text':
      return escaped(text);
  }
}

/** A greater-than sign after a bracket is escaped, in case the text before ends in `]]`. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/(^|\])>/g, '$1&gt;');
}

function references(text: string): string {
  return [...text]
    .map((one, at) => (at % 2 === 0 ? `&#x${one.codePointAt(0)!.toString(16)};` : `&#${one.codePointAt(0)};`))
    .join('');
}
