import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsLogged, expectRefused, type Refusal } from '../../support/bad-input.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { exchange } from '../../support/http-client.ts';
import {
  authnRequest,
  deflated,
  encoded,
  metadataOf,
  serviceProvider,
  ssoUrlOf,
} from '../../support/service-provider.ts';

const sp = serviceProvider('sp');
const malformed: Refusal = { status: 400, code: 'ERR_SAML_MALFORMED' };
const notXml: Refusal = { status: 400, code: 'ERR_XML_MALFORMED' };
const forbidden: Refusal = { status: 400, code: 'ERR_XML_FORBIDDEN' };
const tooLarge: Refusal = { status: 413, code: 'ERR_REQUEST_TOO_LARGE' };
const tooMuchXml: Refusal = { status: 413, code: 'ERR_XML_LIMIT' };

let gatehouse: Gatehouse;

beforeAll(async () => {
  gatehouse = await startGatehouse({ content: { partners: [{ file: 'sp.xml', metadata: metadataOf(sp) }] } });
});
afterAll(() => gatehouse?.stop());

const good = (prologue = '') => authnRequest(sp, 'http://localhost', { destination: null, prologue });
const byRedirect = (query: string) => exchange(`${ssoUrlOf(gatehouse.publicUrl)}?${query}`);
const byPost = (form: readonly (readonly [string, string])[]) =>
  exchange(ssoUrlOf(gatehouse.publicUrl), { method: 'POST', form });
const parameter = (value: string) => `SAMLRequest=${encodeURIComponent(value)}`;

/** Documents that are refused for what they are, by whichever binding they come. */
const documents: readonly (readonly [string, () => string, Refusal])[] = [
  ['is no XML at all', () => 'just words', notXml],
  ['is cut short', () => good().slice(0, -20), notXml],
  ['is followed by a second document', () => good() + good(), notXml],
  ['has a DOCTYPE', () => good('<!DOCTYPE samlp:AuthnRequest>'), forbidden],
  ['defines an entity', () => good('<!DOCTYPE a [<!ENTITY e "x">]>'), forbidden],
  [
    'names a file as an external entity',
    () => good('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>').replace(sp.entityId, '&e;'),
    forbidden,
  ],
  [
    'would grow a billion times',
    () => good('<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'),
    forbidden,
  ],
  ['uses an entity that nobody defined', () => good().replace(sp.entityId, '&e;'), forbidden],
  ['has a processing instruction', () => good('<?xml-stylesheet href="x"?>'), forbidden],
  [
    'is nested too deeply',
    () =>
      good().replace(
        '</samlp:AuthnRequest>',
        `<samlp:Extensions>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</samlp:Extensions></samlp:AuthnRequest>`,
      ),
    tooMuchXml,
  ],
  ['has a NUL', () => good().replace('Version="2.0"', 'Version="2.0\0"'), notXml],
  ['is another message', () => good().replaceAll('AuthnRequest', 'LogoutRequest'), malformed],
  ['has no issuer', () => good().replace(/<saml:Issuer>.*<\/saml:Issuer>/, ''), malformed],
  ['has an ID that is none', () => good().replace(/ ID="[^"]*"/, ' ID="1 2"'), malformed],
  ['has no time zone in its time', () => good().replace(/Z" Version/, '" Version'), malformed],
  [
    'has something in it that the schema does not know',
    () => good().replace('</samlp:AuthnRequest>', '<samlp:Unknown/></samlp:AuthnRequest>'),
    { status: 400, code: 'ERR_XML_SCHEMA' },
  ],
  [
    'is of another version of SAML',
    () => good().replace('Version="2.0"', 'Version="1.1"'),
    { status: 400, code: 'ERR_SAML_UNSUPPORTED' },
  ],
];

describe.each(documents)('a request that %s', (_name, document, refusal) => {
  test('is refused by redirect', async () => {
    expect((await expectRefused(gatehouse, refusal, () => byRedirect(parameter(deflated(document()))))).type).toBe(
      'saml-request-refused',
    );
  });
  test('is refused by POST', async () => {
    expect((await expectRefused(gatehouse, refusal, () => byPost([['SAMLRequest', encoded(document())]]))).type).toBe(
      'saml-request-refused',
    );
  });
});

const compressed = () => deflateRawSync(good());

test.each<readonly [string, () => string, Refusal]>([
  ['that is missing', () => 'RelayState=x', malformed],
  ['that is empty', () => 'SAMLRequest=', malformed],
  ['that is not base64', () => 'SAMLRequest=%21%21%21', malformed],
  ['that is base64, but not deflated', () => parameter(encoded(good())), malformed],
  ['whose stream is cut short', () => parameter(compressed().subarray(0, -5).toString('base64')), malformed],
  [
    'whose stream is followed by more',
    () => parameter(Buffer.concat([compressed(), Buffer.from('more')]).toString('base64')),
    malformed,
  ],
  [
    'in a zlib wrapper',
    () => parameter(Buffer.concat([Buffer.from([0x78, 0x9c]), compressed()]).toString('base64')),
    malformed,
  ],
  ['that comes twice', () => `${parameter(deflated(good()))}&${parameter(deflated(good()))}`, malformed],
  ['beside a SAMLResponse', () => `${parameter(deflated(good()))}&SAMLResponse=x`, malformed],
  [
    'whose name is percent-encoded',
    () => parameter(deflated(good())).replace('SAMLRequest', 'SAML%52equest'),
    malformed,
  ],
  ['with half an escape', () => `SAMLRequest=%E0%A4%A`, malformed],
  ['with a signature without an algorithm', () => `${parameter(deflated(good()))}&Signature=AAAA`, malformed],
  ['that is a response', () => parameter(deflated(good())).replace('SAMLRequest', 'SAMLResponse'), malformed],
  [
    'that is not UTF-8',
    () => parameter(deflateRawSync(Buffer.concat([Buffer.from(good()), Buffer.from([0xff])])).toString('base64')),
    notXml,
  ],
  [
    'in an encoding of its own',
    () => `${parameter(deflated(good()))}&SAMLEncoding=urn:x`,
    { status: 400, code: 'ERR_SAML_UNSUPPORTED' },
  ],
  [
    'that is a deflate bomb of 8 MB',
    () => parameter(deflateRawSync(Buffer.alloc(8 * 1024 * 1024, 0x20)).toString('base64')),
    tooLarge,
  ],
  [
    'with a RelayState that is too long',
    () => `${parameter(deflated(good()))}&RelayState=${'x'.repeat(1025)}`,
    tooLarge,
  ],
])('a redirect with a message %s is refused', async (_name, query, refusal) => {
  await expectRefused(gatehouse, refusal, () => byRedirect(query()));
});

test.each<readonly [string, () => readonly (readonly [string, string])[], Refusal]>([
  ['without a message', () => [['RelayState', 'x']], { status: 400, code: 'ERR_REQUEST_MALFORMED' }],
  [
    'with two messages',
    () => [
      ['SAMLRequest', encoded(good())],
      ['SAMLRequest', encoded(good())],
    ],
    { status: 400, code: 'ERR_REQUEST_MALFORMED' },
  ],
  [
    'with two RelayStates',
    () => [
      ['SAMLRequest', encoded(good())],
      ['RelayState', 'a'],
      ['RelayState', 'b'],
    ],
    { status: 400, code: 'ERR_REQUEST_MALFORMED' },
  ],
  ['with a message that is not base64', () => [['SAMLRequest', '!!!']], malformed],
  ['with a message that is deflated', () => [['SAMLRequest', deflated(good())]], notXml],
  [
    'with a RelayState that is too long',
    () => [
      ['SAMLRequest', encoded(good())],
      ['RelayState', 'ü'.repeat(513)],
    ],
    tooLarge,
  ],
  [
    'with a hundred fields',
    () => Array.from({ length: 100 }, (_, index) => [`f${index}`, ''] as const),
    { status: 400, code: 'ERR_REQUEST_MALFORMED' },
  ],
  ['with more than the limit', () => [['SAMLRequest', 'A'.repeat(300 * 1024)]], tooLarge],
])('a POST %s is refused', async (_name, form, refusal) => {
  await expectRefused(gatehouse, refusal, () => byPost(form()));
});

test('none of it was an error of ours', async () => {
  expect(await errorsLogged(gatehouse)).toEqual([]);
});
