/** @module Abuse of XML and of its encodings: what two readers could read in two ways, and what costs more than it is worth. */
import { type HostileCase, swap } from './hostile-case.ts';
import type { Workshop } from './workshop.ts';

type Make = (xml: string, workshop: Workshop) => string | Uint8Array;

/** A change to an honest, signed Response. */
const changed = (name: string, outcome: HostileCase['outcome'], make: Make): HostileCase => ({
  name,
  outcome,
  make: async (workshop) => make(await workshop.response(), workshop),
});

const whole = { subject: 'mary' } as const;

/** Canonical form drops comments and knows no CDATA: the signature stays good, and the name must be read whole. */
const names: readonly HostileCase[] = [
  changed('a comment in the name', whole, (xml) => swap(xml, '>mary<', '>ma<!-- x -->ry<')),
  changed('a comment in front of the name', whole, (xml) => swap(xml, '>mary<', '><!-- x -->mary<')),
  changed('a comment behind the name', whole, (xml) => swap(xml, '>mary<', '>mary<!-- x --><')),
  changed('a CDATA section in the name', whole, (xml) => swap(xml, '>mary<', '>m<![CDATA[ar]]>y<')),
  changed('the name as character references', whole, (xml) => swap(xml, '>mary<', '>&#109;&#x61;ry<')),
  changed('a comment in a role', whole, (xml) => swap(xml, '>admin<', '>adm<!-- x -->in<')),
  changed('a CDATA section in a role', whole, (xml) => swap(xml, '>admin<', '><![CDATA[admin]]><')),
  {
    name: 'a name whose end is a comment away, as a person could have chosen it',
    outcome: { subject: 'admin@example.com.evil.example.com' },
    make: async (workshop) => {
      const response = await workshop.response({
        nameId: { format: 'urn:x', value: 'admin@example.com.evil.example.com' },
      });
      return swap(response, 'admin@example.com', 'admin@example.com<!-- -->');
    },
  },
  changed('an element in the name', 'ERR_XML_SIGNATURE', (xml) => swap(xml, '>mary<', '>ma<x>r</x>y<')),
  {
    name: 'an element in the name, signed',
    outcome: 'ERR_SAML_MALFORMED',
    make: (workshop) => workshop.honest((text) => swap(text, '>mary<', '>ma<saml:Issuer>r</saml:Issuer>y<')),
  },
  changed('a processing instruction in the name', 'ERR_XML_FORBIDDEN', (xml) => swap(xml, '>mary<', '>mary<?x y?><')),
];

const declarations: readonly HostileCase[] = [
  changed('a document type', 'ERR_XML_FORBIDDEN', (xml) => `<!DOCTYPE Response>${xml}`),
  changed(
    'an internal entity as the name',
    'ERR_XML_FORBIDDEN',
    (xml) => `<!DOCTYPE r [<!ENTITY n "mary">]>${swap(xml, '>mary<', '>&n;<')}`,
  ),
  changed(
    'an external entity',
    'ERR_XML_FORBIDDEN',
    (xml) => `<!DOCTYPE r [<!ENTITY n SYSTEM "file:///etc/passwd">]>${swap(xml, '>mary<', '>&n;<')}`,
  ),
  changed(
    'an external document type',
    'ERR_XML_FORBIDDEN',
    (xml) => `<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">${xml}`,
  ),
  changed(
    'a parameter entity',
    'ERR_XML_FORBIDDEN',
    (xml) => `<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>${xml}`,
  ),
  changed('a billion laughs', 'ERR_XML_FORBIDDEN', (xml) => {
    const entities = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`);
    return `<!DOCTYPE r [<!ENTITY l0 "ha">${entities.join('')}]>${swap(xml, '>mary<', '>&l9;<')}`;
  }),
  changed('an entity that nobody declared', 'ERR_XML_FORBIDDEN', (xml) => swap(xml, '>mary<', '>&mary;<')),
  changed(
    'an ID type declared for another attribute',
    'ERR_XML_FORBIDDEN',
    (xml) => `<!DOCTYPE r [<!ATTLIST saml:NameID Format ID #REQUIRED>]>${xml}`,
  ),
  changed('a stylesheet', 'ERR_XML_FORBIDDEN', (xml) => `<?xml-stylesheet href="http://127.0.0.1:9/x"?>${xml}`),
  changed('XML 1.1', 'ERR_XML_MALFORMED', (xml) => `<?xml version="1.1"?>${xml}`),
];

const namespaceTricks: readonly HostileCase[] = [
  changed('an attribute twice', 'ERR_XML_MALFORMED', (xml) =>
    swap(xml, ' Version="2.0"', ' Version="2.0" Version="2.0"'),
  ),
  changed('an attribute twice by two prefixes', 'ERR_XML_MALFORMED', (xml) =>
    swap(xml, ' Version="2.0"', ' xmlns:a="urn:x" xmlns:b="urn:x" a:v="1" b:v="2" Version="2.0"'),
  ),
  changed('a namespace declared twice', 'ERR_XML_MALFORMED', (xml) =>
    swap(xml, '<samlp:Response ', '<samlp:Response xmlns:samlp="urn:x" '),
  ),
  changed('the assertion in the namespace of SAML 1.1', 'ERR_XML_SCHEMA', (xml) =>
    swap(xml, /(?<=<saml:Assertion )xmlns:saml="[^"]*"/, 'xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"'),
  ),
  changed('the message in no namespace', 'ERR_SAML_MALFORMED', () => '<Response ID="_1" Version="2.0"></Response>'),
  changed('a prefix that is not declared', 'ERR_XML_MALFORMED', (xml) => swap(xml, '>mary<', '><y:x/>mary<')),
  changed('the prefix of SAML bound to another namespace around the name', 'ERR_XML_SIGNATURE', (xml) =>
    swap(xml, '<saml:NameID ', '<saml:NameID xmlns:saml="urn:x" '),
  ),
  changed('a relative namespace', 'ERR_XML_MALFORMED', (xml) =>
    swap(xml, '<samlp:Status>', '<samlp:Status xmlns:r="x/y">'),
  ),
  changed('the prefix xmlns bound', 'ERR_XML_MALFORMED', (xml) =>
    swap(xml, '<samlp:Status>', '<samlp:Status xmlns:xmlns="http://www.w3.org/2000/xmlns/">'),
  ),
];

const utf16 = (xml: string) => Buffer.from(`\uFEFF${xml}`, 'utf16le');
const encodings: readonly HostileCase[] = [
  changed('UTF-16', 'ERR_XML_MALFORMED', (xml) => utf16(xml)),
  changed('UTF-16 without a byte order mark', 'ERR_XML_MALFORMED', (xml) => utf16(xml).subarray(2)),
  changed(
    'UTF-8 that says it is UTF-16',
    'ERR_XML_MALFORMED',
    (xml) => `<?xml version="1.0" encoding="UTF-16"?>${xml}`,
  ),
  changed('UTF-8 that says it is UTF-7', 'ERR_XML_MALFORMED', (xml) => `<?xml version="1.0" encoding="UTF-7"?>${xml}`),
  changed('a byte order mark', 'ERR_XML_MALFORMED', (xml) => `\uFEFF${xml}`),
  changed('an overlong form', 'ERR_XML_MALFORMED', (xml) => bytesFor(xml, [0xc0, 0xbc])),
  changed('a surrogate in UTF-8', 'ERR_XML_MALFORMED', (xml) => bytesFor(xml, [0xed, 0xa0, 0x80])),
  changed('a byte that UTF-8 has not', 'ERR_XML_MALFORMED', (xml) => bytesFor(xml, [0xff])),
  changed('a NUL', 'ERR_XML_MALFORMED', (xml) => swap(xml, '>mary<', '>mary\u0000<')),
  changed('a NUL as a reference', 'ERR_XML_MALFORMED', (xml) => swap(xml, '>mary<', '>mary&#0;<')),
  changed('a control character', 'ERR_XML_MALFORMED', (xml) => swap(xml, '>mary<', '>mary\u0008<')),
];

/** In place of the name. */
function bytesFor(xml: string, bytes: readonly number[]): Uint8Array {
  const [before = '', after = ''] = xml.split('>mary<');
  return Buffer.concat([Buffer.from(`${before}>`), Buffer.from(bytes), Buffer.from(`<${after}`)]);
}

const sizes: readonly HostileCase[] = [
  {
    name: 'a megabyte of attributes, signed',
    outcome: 'ERR_REQUEST_TOO_LARGE',
    make: async (workshop) => {
      const values = Array.from({ length: 1024 }, (_, index) => `${index}`.padEnd(1024, 'x'));
      return workshop.response({ attributes: [{ name: 'Role', nameFormat: 'urn:x', values }] });
    },
  },
  changed('elements nested ten thousand deep', 'ERR_REQUEST_TOO_LARGE', (xml) =>
    swap(
      xml,
      '<samlp:Status>',
      `${'<samlp:Extensions>'.repeat(10_000)}${'</samlp:Extensions>'.repeat(10_000)}<samlp:Status>`,
    ),
  ),
  changed('a hundred thousand elements', 'ERR_REQUEST_TOO_LARGE', (xml) =>
    swap(xml, '<samlp:Status>', `${'<x/>'.repeat(100_000)}<samlp:Status>`),
  ),
  changed('thirty thousand elements', 'ERR_XML_LIMIT', (xml) =>
    swap(xml, '<samlp:Status>', `${'<x/>'.repeat(30_000)}<samlp:Status>`),
  ),
  changed('ten thousand attributes of one element', 'ERR_XML_LIMIT', (xml) =>
    swap(
      xml,
      '<samlp:Status>',
      `<samlp:Status ${Array.from({ length: 10_000 }, (_, index) => `a${index}="1"`).join(' ')}>`,
    ),
  ),
  changed('a thousand namespaces in scope', 'ERR_XML_LIMIT', (xml) =>
    swap(
      xml,
      '<samlp:Status>',
      Array.from(
        { length: 40 },
        (_, index) =>
          `<x xmlns:n${index}="urn:1" xmlns:m${index}="urn:2" xmlns:o${index}="urn:3" xmlns:p${index}="urn:4">`,
      ).join(''),
    ),
  ),
  changed('elements nested a thousand deep', 'ERR_XML_LIMIT', (xml) =>
    swap(xml, '<samlp:Status>', `${'<x>'.repeat(1000)}${'</x>'.repeat(1000)}<samlp:Status>`),
  ),
  changed('nothing', 'ERR_XML_MALFORMED', () => ' '),
  changed('half a message', 'ERR_XML_MALFORMED', (xml) => xml.slice(0, xml.length / 2)),
  changed('a message and a half', 'ERR_XML_MALFORMED', (xml) => xml + xml.slice(0, xml.length / 2)),
];

export const texts: readonly HostileCase[] = [...names, ...declarations, ...namespaceTricks, ...encodings, ...sizes];
