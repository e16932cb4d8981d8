import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { childElements, type XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { randomDocument } from '../../support/random-xml.ts';
import { libxmlExclusiveC14n } from '../../support/xml-judges.ts';

const at = (root: XmlElement, path: readonly number[]): XmlElement =>
  path.reduce((element, index) => childElements(element)[index]!, root);

describe('exclusive canonical form', () => {
  it("of any document equals libxml2's", () => {
    fc.assert(
      fc.property(randomDocument, ({ xml }) => {
        expect(canonicalize(parseXml(xml))).toBe(libxmlExclusiveC14n(xml));
      }),
      { numRuns: 700 },
    );
  });

  it("of any document with a prefix list equals libxml2's", () => {
    fc.assert(
      fc.property(randomDocument, ({ xml, prefixList }) => {
        expect(canonicalize(parseXml(xml), prefixList)).toBe(libxmlExclusiveC14n(xml, prefixList));
      }),
      { numRuns: 400 },
    );
  });

  it("of any element in a document, with a prefix list, equals libxml2's", () => {
    fc.assert(
      fc.property(randomDocument, ({ xml, path, prefixList }) => {
        const ours = canonicalize(at(parseXml(xml), path), prefixList);
        expect(ours).toBe(libxmlExclusiveC14n(xml, prefixList, path));
      }),
      { numRuns: 700 },
    );
  });

  it('parses to itself again', () => {
    fc.assert(
      fc.property(randomDocument, ({ xml }) => {
        const once = canonicalize(parseXml(xml));
        expect(canonicalize(parseXml(once))).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('declares a namespace where it is used, not where it was declared', () => {
    expect(canonicalize(parseXml('<r xmlns:a="urn:a"><a:x/></r>'))).toBe('<r><a:x xmlns:a="urn:a"></a:x></r>');
  });

  it('leaves out a namespace that nothing uses', () => {
    expect(canonicalize(parseXml('<r xmlns:a="urn:a"/>'))).toBe('<r></r>');
  });

  it('keeps an unused namespace that the prefix list names', () => {
    expect(canonicalize(parseXml('<r xmlns:a="urn:a"/>'), ['a'])).toBe('<r xmlns:a="urn:a"></r>');
  });

  it('takes the default namespace away again where an element has none', () => {
    expect(canonicalize(parseXml('<r xmlns="urn:a"><x xmlns=""/></r>'))).toBe('<r xmlns="urn:a"><x xmlns=""></x></r>');
  });

  it('sorts attributes by namespace name, then by local name', () => {
    const xml = '<r xmlns:z="urn:a" xmlns:a="urn:z" a:a="1" z:b="2" c="3" z:a="4"/>';
    expect(canonicalize(parseXml(xml))).toBe('<r xmlns:a="urn:z" xmlns:z="urn:a" c="3" z:a="4" z:b="2" a:a="1"></r>');
  });

  it('sorts by code points, where characters above U+FFFF come last', () => {
    expect(canonicalize(parseXml('<r 𐐁="1" \uFA0E="2"/>'))).toBe('<r \uFA0E="2" 𐐁="1"></r>');
  });

  it('escapes a namespace name as it escapes attributes (xml-c14n §2.3)', () => {
    const xml = '<r xmlns="http://example.com/?a&amp;b"></r>';
    expect(canonicalize(parseXml(xml))).toBe(xml);
  });

  it('escapes a carriage return that came by reference', () => {
    expect(canonicalize(parseXml('<r a="&#13;">&#13;</r>'))).toBe('<r a="&#xD;">&#xD;</r>');
  });

  it('leaves out the omitted child and nothing else', () => {
    const root = parseXml('<r>1<s/>2<s/>3</r>');
    expect(canonicalize(root, [], childElements(root)[0])).toBe('<r>12<s></s>3</r>');
  });
});
