/** @module Signature wrapping: a signed element is moved where it is verified and not read, and a forged one put where it is read. */
import type { HostileCase } from './hostile-case.ts';
import { swap } from './hostile-case.ts';
import type { Workshop } from './workshop.ts';

const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol';

/** Pieces of one honest message: what the forger has in hand. */
async function pieces(workshop: Workshop, sign: 'assertion' | 'response' | 'both') {
  const response = await workshop.response({ sign });
  const assertion = workshop.assertionIn(response);
  const signature = workshop.signatureIn(sign === 'assertion' ? assertion : response);
  const bareAssertion = assertion.replace(workshop.signatureIn(assertion), '');
  const evil = (text: string, id = '_evil') => swap(text, '>mary<', '>admin<').replace(/ ID="[^"]*"/, ` ID="${id}"`);
  const idOf = (text: string) => / ID="([^"]*)"/.exec(text)?.[1] ?? '';
  return {
    response,
    assertion,
    signature,
    bareAssertion,
    bareResponse: response.replace(signature, ''),
    evilAssertion: evil(bareAssertion),
    evilTwin: evil(bareAssertion, idOf(assertion)),
    evil,
    idOf,
  };
}
type Pieces = Awaited<ReturnType<typeof pieces>>;

const behindIssuer = (xml: string, content: string) => swap(xml, '</saml:Issuer>', `</saml:Issuer>${content}`);
const inObject = (signature: string, content: string) =>
  swap(signature, '</ds:Signature>', `<ds:Object>${content}</ds:Object></ds:Signature>`);
const inKeyInfo = (signature: string, content: string) => swap(signature, '<ds:KeyInfo>', `<ds:KeyInfo>${content}`);
const inExtensions = (content: string) => `<samlp:Extensions xmlns:samlp="${samlp}">${content}</samlp:Extensions>`;

function wrapped(
  name: string,
  sign: 'assertion' | 'response' | 'both',
  make: (pieces: Pieces) => string,
  outcome: HostileCase['outcome'] = 'ERR_SAML_AMBIGUOUS',
): HostileCase {
  return { name, make: async (workshop) => make(await pieces(workshop, sign)), outcome };
}

const eightForms: readonly HostileCase[] = [
  wrapped('XSW 1: a forged Response around the signature, the original inside the signature', 'response', (p) => {
    const forged = p.evil(p.bareResponse);
    return behindIssuer(forged, inObject(p.signature, p.bareResponse));
  }),
  wrapped('XSW 2: a forged Response, the original beside its detached signature', 'response', (p) =>
    behindIssuer(p.evil(p.bareResponse), p.signature + p.bareResponse),
  ),
  wrapped('XSW 3: a forged assertion in front of the signed one', 'assertion', (p) =>
    swap(p.response, p.assertion, p.evilAssertion + p.assertion),
  ),
  wrapped('XSW 4: a forged assertion around the signed one', 'assertion', (p) =>
    swap(p.response, p.assertion, swap(p.evilAssertion, '</saml:Assertion>', `${p.assertion}</saml:Assertion>`)),
  ),
  wrapped('XSW 5: a forged assertion with the signature, the original without it at the end', 'assertion', (p) =>
    swap(p.response, p.assertion, behindIssuer(p.evilAssertion, p.signature) + p.bareAssertion),
  ),
  wrapped('XSW 6: a forged assertion with the signature, the original inside the signature', 'assertion', (p) =>
    swap(p.response, p.assertion, behindIssuer(p.evilAssertion, inObject(p.signature, p.bareAssertion))),
  ),
  wrapped('XSW 7: a forged assertion in Extensions, in front of the signed one', 'assertion', (p) =>
    swap(p.response, '<samlp:Status>', `${inExtensions(p.evilAssertion)}<samlp:Status>`),
  ),
  wrapped('XSW 8: the signed assertion in an Object of its own signature inside a forged one', 'assertion', (p) =>
    swap(p.response, p.assertion, behindIssuer(p.evilTwin, inObject(p.signature, p.bareAssertion))),
  ),
];

/** Where a second assertion, forged or signed, is put into a Response whose own one is good. */
const places: Readonly<Record<string, (p: Pieces, second: string) => string>> = {
  'before the assertion': (p, second) => swap(p.response, p.assertion, second + p.assertion),
  'behind the assertion': (p, second) => swap(p.response, p.assertion, p.assertion + second),
  'in front of everything': (p, second) => swap(p.response, /(?<=<samlp:Response [^>]*>)/, second),
  'in the issuer': (p, second) => swap(p.response, '</saml:Issuer>', `${second}</saml:Issuer>`),
  'in Extensions': (p, second) => swap(p.response, '<samlp:Status>', `${inExtensions(second)}<samlp:Status>`),
  'in StatusDetail': (p, second) =>
    swap(p.response, '</samlp:Status>', `<samlp:StatusDetail>${second}</samlp:StatusDetail></samlp:Status>`),
  'in the signature as an Object': (p, second) => swap(p.response, p.signature, inObject(p.signature, second)),
  'in the KeyInfo of the signature': (p, second) => swap(p.response, p.signature, inKeyInfo(p.signature, second)),
  'in the advice of the assertion': (p, second) =>
    swap(p.response, '<saml:AuthnStatement', `<saml:Advice>${second}</saml:Advice><saml:AuthnStatement`),
  'in an attribute value': (p, second) =>
    swap(p.response, '<saml:AttributeValue>admin', `<saml:AttributeValue>${second}`),
  'in an EncryptedAssertion, in the clear': (p, second) =>
    swap(
      p.response,
      p.assertion,
      `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${second}</saml:EncryptedAssertion>${p.assertion}`,
    ),
};

const secondAssertions: readonly HostileCase[] = Object.entries(places).flatMap(([where, put]) => [
  wrapped(`a forged assertion ${where}`, 'assertion', (p) => put(p, p.evilAssertion)),
  wrapped(`a forged assertion under the ID of the signed one ${where}`, 'assertion', (p) => put(p, p.evilTwin)),
  wrapped(`the signed assertion a second time ${where}`, 'assertion', (p) => put(p, p.assertion)),
  wrapped(`a forged assertion ${where} of a signed Response`, 'response', (p) => put(p, p.evilAssertion)),
]);

const others: readonly HostileCase[] = [
  wrapped('a forged Response around a signed Response', 'response', (p) =>
    swap(p.evil(p.bareResponse), '<samlp:Status>', `${inExtensions(p.response)}<samlp:Status>`),
  ),
  wrapped(
    'a signed Response behind a forged one',
    'response',
    (p) => p.evil(p.bareResponse) + p.response,
    'ERR_XML_MALFORMED',
  ),
  wrapped(
    'two Responses in an envelope of SOAP',
    'response',
    (p) =>
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${p.response}${p.bareResponse}</s:Body></s:Envelope>`,
    'ERR_SAML_MALFORMED',
  ),
  wrapped('the signed assertion alone', 'assertion', (p) => p.assertion, 'ERR_SAML_MALFORMED'),
  wrapped('the signed assertion in Extensions, and none where it belongs', 'assertion', (p) =>
    swap(swap(p.response, p.assertion, ''), '<samlp:Status>', `${inExtensions(p.assertion)}<samlp:Status>`),
  ),
  wrapped(
    'the signature of the Response moved into its assertion',
    'response',
    (p) =>
      swap(p.evil(p.bareResponse), /(?<=<saml:Assertion [^>]*><saml:Issuer [^>]*>[^<]*<\/saml:Issuer>)/, p.signature),
    'ERR_XML_SIGNATURE',
  ),
  wrapped(
    'the signature of the assertion moved up to the Response',
    'assertion',
    (p) => behindIssuer(p.evil(swap(p.response, p.signature, '')), p.signature),
    'ERR_XML_SIGNATURE',
  ),
  wrapped(
    'a forged assertion with the signature of another message',
    'assertion',
    (p) => swap(p.response, p.assertion, behindIssuer(p.evilAssertion, p.signature)),
    'ERR_XML_SIGNATURE',
  ),
  wrapped(
    'a forged assertion under the signed ID, with the signature and no original',
    'assertion',
    (p) => swap(p.response, p.assertion, behindIssuer(p.evilTwin, p.signature)),
    'ERR_XML_SIGNATURE',
  ),
];

export const wrapping: readonly HostileCase[] = [...eightForms, ...secondAssertions, ...others];
