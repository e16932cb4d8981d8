import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { attribute, textOf } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import {
  element,
  type Namespaces,
  type OutElement,
  signatureSlot,
  writeAroundSignature,
} from '../../../src/wire/xml/writer.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const namespaces = { a: 'urn:a', b: 'urn:b' };
function writeXml(root: OutElement, prefixes: Namespaces): string {
  const { head, tail } = writeAroundSignature(root, prefixes);
  return head + tail;
}
const written = (text: string) => writeXml(element('a:x', [['y', text]], text), namespaces);
const legal = fc
  .string({ unit: fc.constantFrom(...'ab &<>"\'\t\n]é\u0085\u2028🎈') })
  .filter((text) => !text.includes('\r'));

describe('the writer', () => {
  it('gives back any text and any attribute value through the reader', () => {
    fc.assert(
      fc.property(legal, (text) => {
        const root = parseXml(written(text));
        expect([textOf(root), attribute(root, 'y')]).toEqual([text, text]);
      }),
      { numRuns: 500 },
    );
  });

  it('writes canonical form for any text', () => {
    fc.assert(
      fc.property(legal, (text) => {
        expect(canonicalize(parseXml(written(text)))).toBe(written(text));
      }),
      { numRuns: 500 },
    );
  });

  it('declares a namespace at its first use on every way down', () => {
    const tree = element('a:x', [], element('b:y', [], element('b:z', [])), element('b:y', []));
    expect(writeXml(tree, namespaces)).toBe(
      '<a:x xmlns:a="urn:a"><b:y xmlns:b="urn:b"><b:z></b:z></b:y><b:y xmlns:b="urn:b"></b:y></a:x>',
    );
  });

  it('leaves out an attribute that is undefined', () => {
    expect(writeXml(element('a:x', [['y', undefined]]), namespaces)).toBe('<a:x xmlns:a="urn:a"></a:x>');
  });

  it('cuts at the signature slot', () => {
    expect(writeAroundSignature(element('a:x', [], '1', signatureSlot, '2'), namespaces)).toEqual({
      head: '<a:x xmlns:a="urn:a">1',
      tail: '2</a:x>',
    });
  });

  it.each(['\u0000', '\u001F', '\uFFFE', '\uD800', '\uDC00x', '\r'])('refuses the character %j', (character) => {
    expect(refusalOf(() => written(`a${character}b`))).toBe('ERR_XML_FORBIDDEN');
  });

  it('does not write attributes out of canonical order', () => {
    const attributes = [
      ['b', '1'],
      ['a', '2'],
    ] as const;
    expect(() => writeXml(element('a:x', attributes), namespaces)).toThrow('canonical order');
  });

  it('does not write a prefix that nobody declared', () => {
    expect(() => writeXml(element('c:x', []), namespaces)).toThrow('not declared');
  });
});
