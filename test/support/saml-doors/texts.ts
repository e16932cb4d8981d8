/** @module Abuse of XML, encodings and sizes at every door: what two readers could read in two ways, and what costs more than it is worth. */
import { swap } from '../saml-corpus/hostile-case.ts';
import type { Door, DoorCase, Forge } from './door.ts';

type Change = (document: string, forge: Forge) => string | Uint8Array;

/** Something done to the document as it is sent: a message with a good signature, in its envelope where it has one. */
const sent = (name: string, code: DoorCase['code'], change: Change): DoorCase => ({
  name,
  make: async (forge) => change(forge.document(await forge.honest()), forge),
  code,
});

const malformed = (name: string, change: Change) => sent(name, 'ERR_XML_MALFORMED', change);
const forbidden = (name: string, change: Change) => sent(name, 'ERR_XML_FORBIDDEN', change);
const issuer = (document: string, text: string) => swap(document, /(?<=<saml:Issuer[^>]*>)[^<]*/, text);
const rootEnd = /(?=<\/samlp:\w+>(?:<\/S:Body>.*)?$)/s;
const more = (document: string, text: string) => swap(document, rootEnd, text);

const declarations: readonly DoorCase[] = [
  forbidden('a document type', (document) => `<!DOCTYPE x>${document}`),
  forbidden(
    'an internal entity as the issuer',
    (document, { target }) => `<!DOCTYPE x [<!ENTITY n "${target.partner}">]>${issuer(document, '&n;')}`,
  ),
  forbidden(
    'an external entity',
    (document) => `<!DOCTYPE x [<!ENTITY n SYSTEM "file:///etc/passwd">]>${issuer(document, '&n;')}`,
  ),
  forbidden('an external document type', (document) => `<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">${document}`),
  forbidden(
    'a parameter entity',
    (document) => `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>${document}`,
  ),
  forbidden('a billion laughs', (document) => {
    const entities = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`);
    return `<!DOCTYPE x [<!ENTITY l0 "ha">${entities.join('')}]>${issuer(document, '&l9;')}`;
  }),
  forbidden('an entity that nobody declared', (document) => issuer(document, '&x;')),
  forbidden(
    'an ID type for another attribute',
    (document) => `<!DOCTYPE x [<!ATTLIST saml:Issuer Format ID #IMPLIED>]>${document}`,
  ),
  forbidden('a stylesheet', (document) => `<?xml-stylesheet href="http://127.0.0.1:9/x"?>${document}`),
  forbidden('a processing instruction in the issuer', (document, { target }) =>
    issuer(document, `${target.partner}<?x y?>`),
  ),
  malformed('XML 1.1', (document) => `<?xml version="1.1"?>${document}`),
];

const encodings: readonly DoorCase[] = [
  malformed('UTF-16', (document) => Buffer.from(`\uFEFF${document}`, 'utf16le')),
  malformed('UTF-16 without a byte order mark', (document) => Buffer.from(document, 'utf16le')),
  malformed('UTF-8 that says it is UTF-16', (document) => `<?xml version="1.0" encoding="UTF-16"?>${document}`),
  malformed('UTF-8 that says it is UTF-7', (document) => `<?xml version="1.0" encoding="UTF-7"?>${document}`),
  malformed('a byte order mark', (document) => `\uFEFF${document}`),
  malformed('an overlong form', (document) => withBytes(document, [0xc0, 0xbc])),
  malformed('a surrogate in UTF-8', (document) => withBytes(document, [0xed, 0xa0, 0x80])),
  malformed('a byte that UTF-8 has not', (document) => withBytes(document, [0xff])),
  malformed('a NUL', (document) => issuer(document, 'x\0')),
  malformed('a NUL as a reference', (document) => issuer(document, 'x&#0;')),
  malformed('a control character', (document) => issuer(document, 'x\u0008')),
  malformed('a character that XML has not', (document) => issuer(document, 'x\uFFFE')),
];

/** In place of the issuer's text. */
function withBytes(document: string, bytes: readonly number[]): Uint8Array {
  const [before = '', after = ''] = issuer(document, '@@@').split('@@@');
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
}

const names: readonly DoorCase[] = [
  malformed('an attribute twice', (document) => swap(document, ' Version="2.0"', ' Version="2.0" Version="2.0"')),
  malformed('an attribute twice by two prefixes', (document) =>
    swap(document, ' Version="2.0"', ' xmlns:a="urn:x" xmlns:b="urn:x" a:v="1" b:v="2" Version="2.0"'),
  ),
  malformed('a namespace declared twice', (document) => swap(document, / (?=xmlns:samlp=)/, ' xmlns:samlp="urn:x" ')),
  malformed('a prefix that is not declared', (document) => more(document, '<y:x/>')),
  malformed('a relative namespace', (document) => more(document, '<x xmlns="x/y"/>')),
  malformed('the prefix xmlns bound', (document) => more(document, '<x xmlns:xmlns="http://www.w3.org/2000/xmlns/"/>')),
  malformed('half a message', (document) => document.slice(0, document.length / 2)),
  malformed('a message and a half', (document) => document + document.slice(0, document.length / 2)),
  malformed('two messages', (document) => document + document),
  malformed('words', () => 'Lorem ipsum'),
  malformed('an end tag of another element', (document) => swap(document, '</saml:Issuer>', '</saml:Issue>')),
];

/** There every kind of message has an answer. */
const hasOneKind = ({ path }: Door) => path !== '/saml/idp/soap';
const other = (name: string, change: Change): DoorCase => ({
  ...sent(name, 'ERR_SAML_MALFORMED', change),
  at: hasOneKind,
});

/** What a query can carry inflates to 64 KiB at most, and what inflates to more is not looked at. */
const large = ({ binding }: Door) => (binding === 'redirect' ? 'ERR_REQUEST_TOO_LARGE' : 'ERR_XML_LIMIT');
const sizes: readonly DoorCase[] = [
  sent('elements nested a hundred deep', 'ERR_XML_LIMIT', (document) =>
    more(document, '<x>'.repeat(100) + '</x>'.repeat(100)),
  ),
  sent('ten thousand elements, some nested', 'ERR_XML_LIMIT', (document) => more(document, '<x/>'.repeat(10_000))),
  sent('a thousand attributes of one element', 'ERR_XML_LIMIT', (document) =>
    more(document, `<x ${Array.from({ length: 1000 }, (_, index) => `a${index}="1"`).join(' ')}/>`),
  ),
  sent('two hundred namespaces in scope', 'ERR_XML_LIMIT', (document) =>
    more(
      document,
      Array.from(
        { length: 20 },
        (_, at) => `<x ${Array.from({ length: 10 }, (__, n) => `xmlns:n${at}x${n}="urn:x"`).join(' ')}>`,
      ).join(''),
    ),
  ),
  sent('thirty thousand elements', large, (document) => more(document, '<x/>'.repeat(30_000))),
  sent('a megabyte of attributes', 'ERR_REQUEST_TOO_LARGE', (document) =>
    more(document, `<x>${'<y a="0123456789"/>'.repeat(60_000)}</x>`),
  ),
  sent('a megabyte of text', 'ERR_REQUEST_TOO_LARGE', (document) => more(document, 'x'.repeat(1024 * 1024))),
];

const kinds: readonly DoorCase[] = [
  other('another message of SAML', (document, { door }) =>
    document.replaceAll(`samlp:${door.kind}`, 'samlp:ManageNameIDRequest'),
  ),
  other('a Response', (document, { door }) => document.replaceAll(`samlp:${door.kind}`, 'samlp:Response')),
  other('the message in no namespace', (_document, { door, ...forge }) =>
    forge.document(`<${door.kind} ID="_1" Version="2.0"></${door.kind}>`),
  ),
  other('the message in the namespace of SAML 1.1', (document) =>
    swap(document, 'urn:oasis:names:tc:SAML:2.0:protocol', 'urn:oasis:names:tc:SAML:1.0:protocol'),
  ),
  sent('another version', 'ERR_SAML_UNSUPPORTED', (document) => swap(document, ' Version="2.0"', ' Version="1.1"')),
  sent('two issuers', 'ERR_SAML_MALFORMED', (document) =>
    swap(
      document,
      '</saml:Issuer>',
      '</saml:Issuer><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">urn:x</saml:Issuer>',
    ),
  ),
  sent('an element in the issuer', 'ERR_SAML_MALFORMED', (document) => issuer(document, 'x<y/>z')),
  sent('an issuer that is a person', 'ERR_SAML_MALFORMED', (document) =>
    swap(document, '<saml:Issuer', '<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"'),
  ),
  sent('an issue instant without a zone', 'ERR_SAML_MALFORMED', (document) =>
    swap(document, /IssueInstant="[^"]*"/, 'IssueInstant="2026-01-01T00:00:00"'),
  ),
  sent('an ID that is no name', 'ERR_SAML_MALFORMED', (document) => swap(document, / ID="[^"]*"/, ' ID="1 2"')),
  sent('an ID of a megabyte', 'ERR_REQUEST_TOO_LARGE', (document) =>
    swap(document, / ID="[^"]*"/, ` ID="${'x'.repeat(1024 * 1024)}"`),
  ),
];

export const doorTexts: readonly DoorCase[] = [...declarations, ...encodings, ...names, ...sizes, ...kinds];
