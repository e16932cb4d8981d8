import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { XmlElement } from '../../../src/wire/xml/element.ts';
import { aggregateLimits } from '../../../src/wire/xml/limits.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { splitXml, type XmlPiece } from '../../../src/wire/xml/split.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const isGroup = (tag: XmlElement) => tag.localName === 'g';
const pieces = (xml: string | Buffer, limits = aggregateLimits as Parameters<typeof splitXml>[2]) => [
  ...splitXml(Buffer.from(xml), isGroup, limits),
];
const refusal = (xml: string | Buffer) => refusalOf(() => pieces(xml));

/** The tree that the pieces are of. */
function joined(all: readonly XmlPiece[]): XmlElement | undefined {
  const open: { element: XmlElement; content: (XmlElement | string)[] }[] = [];
  let root: XmlElement | undefined;
  const add = (node: XmlElement | string) => {
    const content = open.at(-1)?.content;
    if (content === undefined) root = node as XmlElement;
    // Comments are joined over.
    else if (typeof node === 'string' && typeof content.at(-1) === 'string') content.push(content.pop() + node);
    else content.push(node);
  };
  for (const piece of all) {
    if (piece.kind === 'open') open.push({ element: piece.element, content: [] });
    else if (piece.kind === 'close') {
      const { element, content } = open.pop()!;
      add({ ...element, content });
    } else add(piece.kind === 'space' ? piece.text : piece.element);
  }
  return root;
}

describe('a document read piece by piece', () => {
  const good = [
    '<g/>',
    '<e a="1">x</e>',
    '\ufeff<?xml version="1.0"?>\n<!-- c --><g xmlns="urn:a" xmlns:p="urn:b">\r\n <e p:a=">">t<e/></e ><p:e/><!-- <e> --> <g xmlns:p="urn:c"><p:x>&lt;</p:x></g></g>\n<!-- end -->',
    '<g><e><!-- </e> --><![CDATA[</e>]]>é</e></g>',
    "<g a='>'\r\n b=\"'>\"><ee>1</ee><e>2</e></g>",
  ];
  it.each(good)('is the document that is read whole: %s', (xml) => {
    expect(joined(pieces(xml))).toEqual(parseXml(xml.replace('\ufeff', '')));
  });

  it('tells where each element is, in bytes', () => {
    const bytes = Buffer.from('<g>é<e>ü</e></g>'.replace('é', '<!--é-->'));
    const [, element] = [...splitXml(bytes, isGroup, aggregateLimits)];
    expect(element?.kind === 'element' && bytes.toString('utf8', element.from, element.to)).toBe('<e>ü</e>');
  });

  it.each([
    ['', 'ERR_XML_MALFORMED'],
    ['<g>', 'ERR_XML_MALFORMED'],
    ['<g></h>', 'ERR_XML_MALFORMED'],
    ['<g></g><g/>', 'ERR_XML_MALFORMED'],
    ['<g>text</g>', 'ERR_XML_MALFORMED'],
    ['<g>&#32;</g>', 'ERR_XML_MALFORMED'],
    ['<g><![CDATA[ ]]></g>', 'ERR_XML_MALFORMED'],
    ['<g><e></g></e>', 'ERR_XML_MALFORMED'],
    ['<g><e></e', 'ERR_XML_MALFORMED'],
    ['<g><e', 'ERR_XML_MALFORMED'],
    ['<g><!-- a -- b --></g>', 'ERR_XML_MALFORMED'],
    ['<g><!-- \u0001 --></g>', 'ERR_XML_MALFORMED'],
    ['<g><p:e/></g>', 'ERR_XML_MALFORMED'],
    ['<g a="1" a="2"/>', 'ERR_XML_MALFORMED'],
    ['<!DOCTYPE g><g/>', 'ERR_XML_FORBIDDEN'],
    ['<g><?p?></g>', 'ERR_XML_FORBIDDEN'],
    ['<g><e><?p?></e></g>', 'ERR_XML_FORBIDDEN'],
    [`${'<g>'.repeat(9)}${'</g>'.repeat(9)}`, 'ERR_XML_LIMIT'],
    [`<g a="${'x'.repeat(70_000)}"/>`, 'ERR_XML_LIMIT'],
    [`<g><e>${'x'.repeat(aggregateLimits.element.maxBytes)}</e></g>`, 'ERR_XML_LIMIT'],
  ])('is refused when it is %s', (xml, code) => {
    expect(refusal(xml)).toBe(code);
  });

  it('is refused when it is not UTF-8', () => {
    expect(refusal(Buffer.from('<g>\xe9</g>', 'latin1'))).toBe('ERR_XML_MALFORMED');
  });

  it('has limits on its size and on the number of its elements', () => {
    const limits = { ...aggregateLimits, maxPieces: 4 };
    expect(refusalOf(() => pieces('<g><e/><e/><e/></g>', limits))).toBe('ERR_XML_LIMIT');
    expect(refusalOf(() => pieces('<g/>', { ...aggregateLimits, maxBytes: 3 }))).toBe('ERR_XML_LIMIT');
  });

  it('is never accepted as another document than the strict reader sees', () => {
    const parts = [
      '<g>',
      '</g>',
      '<e>',
      '</e>',
      '<e/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      ' ',
      'x',
      '>',
      '"',
      '<e a="',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), (some) => {
        const xml = `<g>${some.join('')}</g>`;
        let tree: XmlElement | undefined;
        try {
          tree = joined(pieces(xml));
        } catch {
          return;
        }
        expect(tree).toEqual(parseXml(xml));
      }),
      { numRuns: 3000 },
    );
  });
});
