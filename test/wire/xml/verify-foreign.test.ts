import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair } from '../../support/keys.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { xmlsecSign } from '../../support/xml-judges.ts';

const rsa = makeKeyPair('rsa');
const ds = 'http://www.w3.org/2000/09/xmldsig#';
const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

const refusal = (xml: string) =>
  refusalOf(() => {
    const root = parseXml(xml);
    verifyEnveloped(root, root, [rsa.publicKey]);
  });

interface Choices {
  readonly canonicalization?: string;
  readonly signatureMethod?: string;
  readonly transforms?: string;
  readonly digestMethod?: string;
  readonly uri?: string;
  readonly content?: string;
}

/** A request with an empty signature, for xmlsec1 to fill in. */
function template(choices: Choices = {}): string {
  const c = {
    canonicalization: `<ds:CanonicalizationMethod Algorithm="${exclusive}"/>`,
    signatureMethod: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    transforms: `<ds:Transform Algorithm="${ds}enveloped-signature"/>\n<ds:Transform Algorithm="${exclusive}"/>`,
    digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256',
    uri: '#_1',
    content: '<x xmlns="urn:x" xmlns:unused="urn:unused">text<!-- comment --></x>',
    ...choices,
  };
  return `<samlp:AuthnRequest xmlns:samlp="${samlp}" xmlns:xs="urn:xs" ID="_1">
  <ds:Signature xmlns:ds="${ds}">
    <ds:SignedInfo>${c.canonicalization}<ds:SignatureMethod Algorithm="${c.signatureMethod}"/>
      <ds:Reference URI="${c.uri}"><ds:Transforms>${c.transforms}</ds:Transforms>
      <ds:DigestMethod Algorithm="${c.digestMethod}"/><ds:DigestValue/></ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue/>
  </ds:Signature>${c.content}</samlp:AuthnRequest>`;
}
const foreign = (choices?: Choices) => xmlsecSign(template(choices), rsa.privateKeyPem);

describe('what xmlsec1 has signed is accepted', () => {
  it('with white space and comments', () => {
    expect(refusal(foreign())).toBeUndefined();
  });

  it('with a prefix list in reference and signed information', () => {
    const list = (names: string) => `<ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${names}"/>`;
    const xml = foreign({
      canonicalization: `<ds:CanonicalizationMethod Algorithm="${exclusive}">${list('xs samlp')}</ds:CanonicalizationMethod>`,
      transforms: `<ds:Transform Algorithm="${ds}enveloped-signature"/><ds:Transform Algorithm="${exclusive}">${list('xs #default')}</ds:Transform>`,
    });
    expect(refusal(xml)).toBeUndefined();
  });
});

describe('what xmlsec1 has signed is refused', () => {
  it.each(['ID', 'Id', 'id'])('when its ID comes again as %s', (name) => {
    expect(refusal(foreign({ content: `<x ${name}="_1"/>` }))).toBe('ERR_XML_SIGNATURE');
  });

  it('when another ID comes twice', () => {
    expect(refusal(foreign({ content: '<x ID="_2"/><y ID="_2"/>' }))).toBe('ERR_XML_SIGNATURE');
  });

  it.each([
    ['the whole document', { uri: '' }],
    [
      'inclusive canonicalization of the signed information',
      { canonicalization: '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>' },
    ],
    [
      'canonicalization with comments',
      {
        transforms: `<ds:Transform Algorithm="${ds}enveloped-signature"/><ds:Transform Algorithm="${exclusive}WithComments"/>`,
      },
    ],
    ['no canonicalization', { transforms: `<ds:Transform Algorithm="${ds}enveloped-signature"/>` }],
    [
      'a third transform',
      {
        transforms: `<ds:Transform Algorithm="${ds}enveloped-signature"/><ds:Transform Algorithm="${exclusive}"/><ds:Transform Algorithm="${exclusive}"/>`,
      },
    ],
    [
      'an XPath filter',
      {
        transforms: `<ds:Transform Algorithm="${ds}enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>true()</ds:XPath></ds:Transform>`,
      },
    ],
    ['a signature with SHA-1', { signatureMethod: `${ds}rsa-sha1` }],
    ['a digest with SHA-1', { digestMethod: `${ds}sha1` }],
  ] satisfies [string, Choices][])('when it is good but made with %s', (_what, choices) => {
    expect(refusal(foreign(choices))).toBe('ERR_XML_SIGNATURE');
  });
});
