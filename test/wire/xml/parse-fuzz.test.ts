import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { randomDocument } from '../../support/random-xml.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { libxmlExclusiveC14n } from '../../support/xml-judges.ts';

const tokens = [
  ...'<>&"\'=/?! \t\n-[]:;#xa1',
  '<a>',
  '</a>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
  '<!DOCTYPE a>',
  '&lt;',
  '&#10;',
  '&#xD;',
  '&#0;',
  ' xmlns="urn:b"',
  ' xmlns:p="urn:c"',
  'p:',
  ' p:x="1"',
  ' x="1"',
  '<p:a/>',
  '\u0000',
  '\uFFFE',
  '\uD800',
  '\r',
  '🎈',
  'xml',
  'xmlns:',
];
const splice = fc.array(fc.constantFrom(...tokens), { maxLength: 3 }).map((parts) => parts.join(''));

/** A document with a few places cut out and replaced. */
const damaged = fc
  .tuple(randomDocument, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), splice), { minLength: 1, maxLength: 3 }))
  .map(([{ xml }, cuts]) =>
    cuts.reduce((text, [where, length, inserted]) => {
      const at = where % (text.length + 1);
      return text.slice(0, at) + inserted + text.slice(at + length);
    }, xml),
  );

describe('whatever comes in', () => {
  it('is read or refused with a code of the XML reader', () => {
    const soup = fc.array(fc.constantFrom(...tokens), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(soup, damaged, fc.string({ unit: 'binary' })), (xml) => {
        expect([undefined, 'ERR_XML_MALFORMED', 'ERR_XML_FORBIDDEN', 'ERR_XML_LIMIT']).toContain(
          refusalOf(() => parseXml(xml)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('means the same to libxml2 when our reader takes it', () => {
    fc.assert(
      fc.property(damaged, (xml) => {
        if (refusalOf(() => parseXml(xml)) !== undefined) return;
        expect(canonicalize(parseXml(xml))).toBe(libxmlExclusiveC14n(xml));
      }),
      { numRuns: 1000 },
    );
  });
});
