import { describe, expect, it } from 'vitest';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { child, childElements, type XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { acsUrl, signedAuthnRequest } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const pair = makeKeyPair('rsa');
const original = await signedAuthnRequest(signerOf(pair, 'rsa-sha256'));
const signature = /<ds:Signature .*<\/ds:Signature>/.exec(original)![0];
const bare = original.replace(signature, '');
const ds = 'http://www.w3.org/2000/09/xmldsig#';
const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol';

/** A request that sends the answer to the attacker; what it holds is put behind its issuer. */
const evil = (content: string, id = '_evil') =>
  bare
    .replace(acsUrl, 'https://evil.example.com/acs')
    .replace('_request-1', id)
    .replace('</saml:Issuer>', `</saml:Issuer>${content}`);
const within = (element: string, content: string) => `<samlp:${element}>${content}</samlp:${element}>`;
const object = (content: string) =>
  signature.replace('</ds:Signature>', `<ds:Object>${content}</ds:Object></ds:Signature>`);
const keyInfo = (content: string) => signature.replace('<ds:KeyInfo>', `<ds:KeyInfo>${content}`);

const forms: readonly (readonly [string, string])[] = [
  ['the original beside the signature, its ID in the reference', evil(`${signature}${bare}`)],
  ['the original in an Object of the signature', evil(object(bare))],
  ['the original in the KeyInfo of the signature', evil(keyInfo(bare))],
  ['the original in Extensions, the signature moved up', evil(`${signature}${within('Extensions', bare)}`)],
  [
    'the original with its signature in Extensions, and the signature again',
    evil(`${signature}${within('Extensions', original)}`),
  ],
  [
    'the original with its signature in Extensions, under the same ID',
    evil(`${signature}${within('Extensions', original)}`, '_request-1'),
  ],
  ['the original in Extensions, under the same ID', evil(`${signature}${within('Extensions', bare)}`, '_request-1')],
  ['the attacker under the same ID, original in an Object', evil(object(bare), '_request-1')],
  ['the whole original with its signature as only child', evil(original)],
  ['the attacker inside the original', original.replace('</samlp:AuthnRequest>', `${evil('')}</samlp:AuthnRequest>`)],
];

describe('signature wrapping', () => {
  it.each(forms)('is refused: %s', (_form, xml) => {
    const root = parseXml(xml);
    expect(refusalOf(() => verifyEnveloped(root, root, [pair.publicKey]))).toBe('ERR_XML_SIGNATURE');
  });

  it.each(forms)('never yields what the attacker wrote, whichever request is verified: %s', (_form, xml) => {
    const root = parseXml(xml);
    const requests = (at: XmlElement): readonly XmlElement[] => [
      ...(at.localName === 'AuthnRequest' && at.namespace === samlp ? [at] : []),
      ...childElements(at).flatMap(requests),
    ];
    const read = requests(root).flatMap((element) => {
      const refused = refusalOf(() => verifyEnveloped(root, element, [pair.publicKey]));
      return refused === undefined ? [parseAuthnRequest(verifyEnveloped(root, element, [pair.publicKey])).acsUrl] : [];
    });
    expect(read.filter((url) => url !== acsUrl)).toEqual([]);
  });

  it('leaves the untouched original good, so that the forms fail for their own reason', () => {
    const root = parseXml(original);
    expect(parseAuthnRequest(verifyEnveloped(root, root, [pair.publicKey])).acsUrl).toBe(acsUrl);
    expect(child(root, ds, 'Signature')).toBeDefined();
  });
});
