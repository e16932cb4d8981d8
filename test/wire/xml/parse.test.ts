import { describe, expect, it } from 'vitest';
import { attribute, child, childElements, children, textOf } from '../../../src/wire/xml/element.ts';
import { aggregateLimits } from '../../../src/wire/xml/limits.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const refusal = (xml: string) => refusalOf(() => parseXml(xml));

describe('the strict reader reads', () => {
  it('text around a comment as one text', () => {
    expect(parseXml('<a>admin@example.com<!-- -->.evil.com</a>').content).toEqual(['admin@example.com.evil.com']);
  });

  it('CDATA as text', () => {
    expect(textOf(parseXml('<a>1<![CDATA[<&]]>2</a>'))).toBe('1<&2');
  });

  it('the five entities and character references', () => {
    expect(textOf(parseXml('<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F388;</a>'))).toBe('<>&"\'A🎈');
  });

  it('a reference once only', () => {
    expect(textOf(parseXml('<a>&#38;lt;</a>'))).toBe('&lt;');
  });

  it('every line end as a line feed', () => {
    expect(textOf(parseXml('<a>1\r\n2\r3\n4</a>'))).toBe('1\n2\n3\n4');
  });

  it('white space in an attribute as spaces, but not what is written as a reference', () => {
    expect(attribute(parseXml('<a b="1\t2\r\n3\n4&#10;5"/>'), 'b')).toBe('1 2 3 4\n5');
  });

  it('the default namespace for elements only', () => {
    const root = parseXml('<a xmlns="urn:x" b="1"/>');
    expect([root.namespace, root.attributes[0]!.namespace]).toEqual(['urn:x', '']);
  });

  it('the innermost declaration of a prefix', () => {
    const root = parseXml('<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"/><p:c/></p:a>');
    expect(childElements(root).map((one) => one.namespace)).toEqual(['urn:2', 'urn:1']);
  });

  it('a declaration that stands behind its first use in the tag', () => {
    expect(attribute(parseXml('<a p:b="1" xmlns:p="urn:1"/>'), 'b', 'urn:1')).toBe('1');
  });

  it('xml:lang without a declaration', () => {
    expect(attribute(parseXml('<a xml:lang="en"/>'), 'lang', 'http://www.w3.org/XML/1998/namespace')).toBe('en');
  });

  it.each([
    '<?xml version="1.0"?><a/>',
    "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\r\n<a/>",
    '<!-- before --><a/><!-- after -->\n',
    '<a >\n</a\n>',
  ])('%j', (xml) => {
    expect(parseXml(xml).localName).toBe('a');
  });
});

describe('the strict reader forbids', () => {
  it.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a document type with an external subset', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['entity declarations', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an entity in text', '<a>&nbsp;</a>'],
    ['an entity in an attribute', '<a b="&c;"/>'],
    ['a processing instruction in front', '<?p?><a/>'],
    ['a processing instruction inside', '<a><?p not-?>x</a>'],
    ['a processing instruction behind', '<a/><?p?>'],
    ['a style sheet', '<?xml-stylesheet href="a"?><a/>'],
  ])('%s', (_what, xml) => {
    expect(refusal(xml)).toBe('ERR_XML_FORBIDDEN');
  });
});

describe('the strict reader refuses as malformed', () => {
  it.each([
    ['nothing', ''],
    ['white space', '  '],
    ['text alone', 'a'],
    ['text in front of the root', 'x<a/>'],
    ['text behind the root', '<a/>x'],
    ['two roots', '<a/><b/>'],
    ['an unclosed element', '<a>'],
    ['a tag cut short', '<a'],
    ['a less-than sign at the end', '<a/><'],
    ['an end tag of another name', '<a></b>'],
    ['an end tag of a longer name', '<a></ab>'],
    ['an end tag with an attribute', '<a></a b="c">'],
    ['an end tag alone', '</a>'],
    ['a byte order mark', '\uFEFF<a/>'],
    ['a declaration behind white space', ' <?xml version="1.0" encoding="UTF-16"?><a/>'.trim()],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
    ['XML 1.1', '<?xml version="1.1"?><a/>'],
    ['a NUL', '<a>\u0000</a>'],
    ['UTF-16 read as ASCII', '<\u0000a\u0000/\u0000>\u0000'],
    ['a control character', '<a>\u0001</a>'],
    ['a control character by reference', '<a>&#1;</a>'],
    ['U+FFFF', '<a>\uFFFF</a>'],
    ['a lone surrogate', '<a>\uD800</a>'],
    ['a surrogate by reference', '<a>&#xD800;</a>'],
    ['a reference above U+10FFFF', '<a>&#x110000;</a>'],
    ['a bare ampersand', '<a>a & b</a>'],
    ['a reference without its semicolon', '<a>&#65</a>'],
    ['an empty reference', '<a>&#;</a>'],
    ['the end of a CDATA section in text', '<a>]]></a>'],
    ['CDATA outside the root', '<![CDATA[x]]><a/>'],
    ['CDATA without an end', '<a><![CDATA[x</a>'],
    ['two hyphens in a comment', '<a><!-- a -- b --></a>'],
    ['a comment that ends in three hyphens', '<a><!-- a ---></a>'],
    ['a comment without an end', '<a><!-- </a>'],
    ['an attribute without a value', '<a b/>'],
    ['an attribute without quotation marks', '<a b=c/>'],
    ['an attribute value without an end', '<a b="c/>'],
    ['attributes without space between', '<a b="1"c="2"/>'],
    ['a less-than sign in an attribute', '<a b="<"/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an attribute twice by its namespace', '<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="1" q:b="2"/>'],
    ['a prefix that is not declared', '<p:a/>'],
    ['an attribute prefix that is not declared', '<a p:b="1"/>'],
    ['a prefix used outside its declaration', '<a><b xmlns:p="urn:x"/><p:c/></a>'],
    ['a prefix declared empty', '<a xmlns:p=""/>'],
    ['a prefix declared twice', '<a xmlns:p="urn:x" xmlns:p="urn:y"/>'],
    ['a relative namespace name', '<a xmlns="foo/bar"/>'],
    ['a namespace name with a port that is no number', '<a xmlns="http://p:q/"/>'],
    ['a namespace name with a percent sign alone', '<a xmlns="urn:%zz"/>'],
    ['a namespace name without a scheme', '<a xmlns="//example.com/"/>'],
    ['a namespace name with a space', '<a xmlns="urn:a b"/>'],
    ['the prefix xmlns declared', '<a xmlns:xmlns="http://www.w3.org/2000/xmlns/"/>'],
    ['the prefix xmlns on an element', '<xmlns:a/>'],
    ['the prefix xml bound to another name', '<a xmlns:xml="urn:x"/>'],
    ['another prefix bound to the name of xml', '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>'],
    ['the name of xml as default', '<a xmlns="http://www.w3.org/XML/1998/namespace"/>'],
    ['a name with two colons', '<a:b:c xmlns:a="urn:x"/>'],
    ['a name that begins with a colon', '<:a/>'],
    ['a name that ends with a colon', '<a: xmlns:a="urn:x"/>'],
    ['a name that begins with a digit', '<1a/>'],
    ['a space in front of a name', '< a/>'],
    ['a slash not at the end of a tag', '<a / >'],
  ])('%s', (_what, xml) => {
    expect(refusal(xml)).toBe('ERR_XML_MALFORMED');
  });
});

const declarations = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ` xmlns:${name}${i}="urn:${i}"`).join('');

describe('the strict reader has a limit on', () => {
  it.each([
    ['bytes', `<a>${'x'.repeat(256 * 1024)}</a>`],
    ['bytes, counted in UTF-8', `<a>${'€'.repeat(90 * 1024)}</a>`],
    ['depth', '<a>'.repeat(65) + '</a>'.repeat(65)],
    ['elements', `<a>${'<b/>'.repeat(8192)}</a>`],
    ['attributes of an element', `<a ${Array.from({ length: 65 }, (_, i) => `b${i}="" `).join('')}/>`],
    ['the length of a namespace name', `<a xmlns="urn:${'a'.repeat(1024)}"/>`],
    ['the length of a name', `<${'a'.repeat(257)}/>`],
    ['namespaces in scope', ['a', 'b', 'c'].map((name) => `<${name}${declarations(name, 50)}>`).join('')],
  ])('%s', (_what, xml) => {
    expect(refusal(xml)).toBe('ERR_XML_LIMIT');
  });

  it('each, and takes a document that is just below all', () => {
    const deep = '<a>'.repeat(64) + '</a>'.repeat(64);
    expect([refusal(deep), refusal(`<${'a'.repeat(256)}/>`), refusal(`<a>${'<b/>'.repeat(8191)}</a>`)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('bytes that is another for metadata', () => {
    expect(parseXml(`<a>${'x'.repeat(300 * 1024)}</a>`, aggregateLimits.element).localName).toBe('a');
  });
});

describe('the tree', () => {
  const root = parseXml('<r xmlns="urn:x"><a>1</a><b xmlns=""/><a>2</a><c>x<d/></c></r>');

  it('finds the first child of a name', () => {
    expect(textOf(child(root, 'urn:x', 'a')!)).toBe('1');
  });

  it('finds all children of a name', () => {
    expect(children(root, 'urn:x', 'a').map(textOf)).toEqual(['1', '2']);
  });

  it('does not find a child of another namespace', () => {
    expect(child(root, 'urn:x', 'b')).toBeUndefined();
  });

  it('has no text for an element with elements in it', () => {
    expect(textOf(child(root, 'urn:x', 'c')!)).toBeUndefined();
  });

  it('has the empty text for an empty element', () => {
    expect(textOf(child(root, '', 'b')!)).toBe('');
  });
});
