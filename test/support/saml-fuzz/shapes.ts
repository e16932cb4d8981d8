/** @module Documents of any length that ask one thing of a reader again and again: where time grows faster than length, one of these shows it. */
import { deflateRawSync } from 'node:zlib';

/** What a reader does most work for; `at` counts the repetitions. */
export interface Shape {
  readonly name: string;
  /** The targets that are given it. */
  readonly targets: readonly string[];
  readonly make: (bytes: number) => Buffer;
}

const samlp = 'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"';
const saml = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';
const head = 'ID="_r" Version="2.0" IssueInstant="2026-01-01T00:00:00Z"';
const issuer = `<saml:Issuer ${saml}>urn:i</saml:Issuer>`;
const status = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>';
const dsig = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
const enc = 'xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"';

function filled(before: string, unit: (at: number) => string, after: string, bytes: number): Buffer {
  const pieces = [before];
  let length = before.length + after.length;
  for (let at = 0; ; at += 1) {
    const piece = unit(at);
    length += Buffer.byteLength(piece);
    if (length > bytes) break;
    pieces.push(piece);
  }
  return Buffer.from(pieces.join('') + after);
}

const message = (name: string, inside: (at: number) => string, kind = 'Response'): Shape => ({
  name,
  targets: ['xml', 'post', 'soap', 'redirect', 'schema'],
  make: (bytes) =>
    filled(
      `<samlp:${kind} ${samlp} ${head}>${issuer}${kind === 'Response' ? status : ''}`,
      inside,
      `</samlp:${kind}>`,
      bytes,
    ),
});

const assertion = (
  name: string,
  inside: (at: number) => string,
  wrap: readonly [string, string] = ['', ''],
): Shape => ({
  name,
  targets: ['xml', 'schema'],
  make: (bytes) =>
    filled(`<saml:Assertion ${saml} ${head}>${issuer}${wrap[0]}`, inside, `${wrap[1]}</saml:Assertion>`, bytes),
});

const metadata = (name: string, inside: (at: number) => string, wrap: readonly [string, string] = ['', '']): Shape => ({
  name,
  targets: ['metadata', 'lint'],
  make: (bytes) =>
    filled(
      `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ${dsig} entityID="urn:e"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${wrap[0]}`,
      inside,
      `${wrap[1]}</md:SPSSODescriptor></md:EntityDescriptor>`,
      bytes,
    ),
});

const raw = (name: string, unit: string): Shape => ({
  name: `${name} alone`,
  targets: ['xml', 'post', 'redirect', 'soap', 'metadata', 'lint', 'clinic'],
  make: (bytes) => filled('', () => unit, '', bytes),
});

const nested = (name: string, open: string, close: string): Shape => ({
  name,
  targets: ['xml', 'post', 'soap', 'metadata', 'lint'],
  make(bytes) {
    const times = Math.floor((bytes - 300) / (open.length + close.length));
    return Buffer.from(`<samlp:Response ${samlp} ${head}>${open.repeat(times)}${close.repeat(times)}</samlp:Response>`);
  },
});

const messages: readonly Shape[] = [
  message('empty elements', () => '<x/>'),
  message('elements of different names', (at) => `<x${at}/>`),
  message(
    'elements with sixty attributes',
    (at) => `<x ${Array.from({ length: 60 }, (_, index) => `a${index}="${at}"`).join(' ')}/>`,
  ),
  message(
    'elements with sixty prefixes',
    () => `<x ${Array.from({ length: 60 }, (_, index) => `xmlns:p${index}="urn:${index}"`).join(' ')}/>`,
  ),
  message('prefixed attributes', (at) => `<x xmlns:a="urn:${at}" a:b="1" a:c="2"/>`),
  message('comments', () => '<!-- x -->'),
  message('text between comments', () => 'x<!---->'),
  message('CDATA sections', () => '<![CDATA[x]]>'),
  message('character references', () => '&#x41;'),
  message('named references', () => '&amp;'),
  message('line ends', () => '\r\n'),
  message('IDs', (at) => `<x ID="_${at}"/>`),
  message('assertions', () => `<saml:Assertion ${saml} ${head}/>`),
  message('signatures', () => `<ds:Signature ${dsig}/>`),
  message(
    'references',
    () => `<ds:Signature ${dsig}><ds:SignedInfo><ds:Reference URI="#_r"/></ds:SignedInfo></ds:Signature>`,
  ),
  message('status codes', () => '<samlp:Status/>'),
  message('session indexes', (at) => `<samlp:SessionIndex>${at}</samlp:SessionIndex>`, 'LogoutRequest'),
  message('encrypted names', () => `<saml:EncryptedID ${saml}/>`, 'LogoutRequest'),
  message('classes of authentication', () => `<samlp:RequestedAuthnContext/>`, 'AuthnRequest'),
  message('long attribute values', () => `<x a="${'y'.repeat(5000)}"/>`),
  message('values full of blanks', () => `<x a="${' \t\n'.repeat(1500)}"/>`),
  message('names without end', () => `<${'x'.repeat(250)}/>`),
];

const assertions: readonly Shape[] = [
  assertion(
    'attributes',
    (at) => `<saml:Attribute Name="a${at}"><saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>`,
    ['<saml:AttributeStatement>', '</saml:AttributeStatement>'],
  ),
  assertion('values of one attribute', (at) => `<saml:AttributeValue>${at}</saml:AttributeValue>`, [
    '<saml:AttributeStatement><saml:Attribute Name="a">',
    '</saml:Attribute></saml:AttributeStatement>',
  ]),
  assertion('statements', () => '<saml:AttributeStatement/>'),
  assertion('audiences', (at) => `<saml:Audience>urn:${at}</saml:Audience>`, [
    '<saml:Conditions><saml:AudienceRestriction>',
    '</saml:AudienceRestriction></saml:Conditions>',
  ]),
  assertion('confirmations', () => '<saml:SubjectConfirmation Method="urn:x"/>', [
    '<saml:Subject><saml:NameID>x</saml:NameID>',
    '</saml:Subject>',
  ]),
  assertion('encrypted attributes', () => '<saml:EncryptedAttribute/>', [
    '<saml:AttributeStatement>',
    '</saml:AttributeStatement>',
  ]),
  assertion('encrypted keys', () => `<xenc:EncryptedKey ${enc}/>`, [
    `<saml:Subject><saml:EncryptedID><xenc:EncryptedData ${enc}/>`,
    '</saml:EncryptedID></saml:Subject>',
  ]),
];

const services: readonly Shape[] = [
  metadata(
    'endpoints',
    (at) =>
      `<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://e/${at}" index="${at}"/>`,
  ),
  metadata(
    'keys',
    () =>
      '<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>',
  ),
  metadata('formats', () => '<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>'),
  metadata('attributes that are asked for', (at) => `<md:RequestedAttribute Name="urn:${at}"/>`, [
    '<md:AttributeConsumingService index="0">',
    '</md:AttributeConsumingService>',
  ]),
  metadata(
    'services that ask',
    (at) =>
      `<md:AttributeConsumingService index="${at}"><md:RequestedAttribute Name="x"/></md:AttributeConsumingService>`,
  ),
  {
    name: 'entities',
    targets: ['metadata', 'lint'],
    make: (bytes) =>
      filled(
        '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">',
        (at) =>
          `<md:EntityDescriptor entityID="urn:${at % 7}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>`,
        '</md:EntitiesDescriptor>',
        bytes,
      ),
  },
];

const queries: readonly Shape[] = ['&', '&a=b', '&%53', '%', '+', '&SAMLEncodin=x', 'SAMLRequest=', '&RelayState'].map(
  (unit) => ({
    name: `a query of ${JSON.stringify(unit)}`,
    targets: ['redirect', 'clinic'],
    // What is longer is refused for its length.
    make: (bytes: number) => filled('SAMLRequest=A', () => unit, '', Math.min(bytes, 32_000)),
  }),
);

export const shapes: readonly Shape[] = [
  ...messages,
  ...assertions,
  ...services,
  ...queries,
  nested('elements in one another', '<x>', '</x>'),
  nested('namespaces in one another', '<x xmlns:a="urn:a">', '</x>'),
  nested('a default namespace that changes', '<x xmlns="urn:a"><x xmlns="">', '</x></x>'),
  ...[
    '<',
    '<a ',
    '<a b="',
    '&',
    '&#x',
    '<!--',
    '--',
    '<![CDATA[',
    ']]>',
    ' ',
    '\r',
    '"',
    '<?',
    '</',
    'é',
    '\u{1F388}',
    '<a xmlns:b="',
    '<a:b ',
  ].map((unit) => raw(JSON.stringify(unit), unit)),
];

/** The shape in the form in which the target is given messages. */
export function shapedFor(target: string, document: Buffer): Buffer {
  switch (target) {
    case 'post':
      return Buffer.from(document.toString('base64'));
    case 'redirect':
      return document.toString('latin1').startsWith('SAMLRequest=')
        ? document
        : Buffer.from(`SAMLResponse=${encodeURIComponent(deflateRawSync(document).toString('base64'))}`);
    case 'soap':
      return Buffer.from(
        `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${document.toString('utf8')}</S:Body></S:Envelope>`,
      );
    default:
      return document;
  }
}
