import { describe, expect, it } from 'vitest';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { child, childElements, type XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { wrappedRequests } from '../../support/saml-corpus/request-wrapping.ts';
import { acsUrl, signedAuthnRequest } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const pair = makeKeyPair('rsa');
const original = await signedAuthnRequest(signerOf(pair, 'rsa-sha256'));
const ds = 'http://www.w3.org/2000/09/xmldsig#';
const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol';
const forms = wrappedRequests(original, { acsUrl, id: '_request-1' });

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
