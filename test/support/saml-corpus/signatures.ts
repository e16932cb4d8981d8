/** @module Abuse of the signature itself: algorithms, transforms, references, keys. */
import { createHash, createHmac, createPrivateKey, sign } from 'node:crypto';
import { type HostileCase, swap } from './hostile-case.ts';
import { withSignatureValue } from './workshop.ts';

const ds = 'http://www.w3.org/2000/09/xmldsig#';
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const enveloped = `<ds:Transform Algorithm="${ds}enveloped-signature"></ds:Transform>`;
const exclusive = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>';

/** A signature of the right key over another shape of SignedInfo. */
export interface SignatureShape {
  readonly name: string;
  readonly from: string | RegExp;
  readonly to: string;
}

const shape = (name: string, from: string | RegExp, to: string): SignatureShape => ({ name, from, to });

const transforms: readonly SignatureShape[] = [
  shape('the enveloped transform alone', exclusive, ''),
  shape('the canonicalization alone', enveloped, ''),
  shape('the transforms in the other order', enveloped + exclusive, exclusive + enveloped),
  shape('a third transform', exclusive, exclusive + exclusive),
  shape(
    'an XSLT transform',
    exclusive,
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"></xsl:stylesheet></ds:Transform>',
  ),
  shape(
    'an XPath transform that leaves the name out',
    exclusive,
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(ancestor-or-self::NameID)</ds:XPath></ds:Transform>',
  ),
  shape(
    'an XPath filter',
    exclusive,
    '<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"></ds:Transform>',
  ),
  shape('a base64 transform', exclusive, `<ds:Transform Algorithm="${ds}base64"></ds:Transform>`),
  shape(
    'canonicalization with comments',
    exclusive,
    '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"></ds:Transform>',
  ),
  shape(
    'inclusive canonicalization',
    exclusive,
    '<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></ds:Transform>',
  ),
  shape('no transforms', /<ds:Transforms>.*?<\/ds:Transforms>/, ''),
];

const references: readonly SignatureShape[] = [
  shape('an empty reference, to the whole document', /<ds:Reference URI="[^"]*">/, '<ds:Reference URI="">'),
  shape('a reference without URI', /<ds:Reference URI="[^"]*">/, '<ds:Reference>'),
  shape('a reference by XPointer', /<ds:Reference URI="#([^"]*)">/, '<ds:Reference URI="#xpointer(id(\'$1\'))">'),
  shape('a reference to a file', /<ds:Reference URI="[^"]*">/, '<ds:Reference URI="file:///etc/passwd">'),
  shape('a reference to a web server', /<ds:Reference URI="[^"]*">/, '<ds:Reference URI="http://127.0.0.1:9/x">'),
  shape('two references', /(<ds:Reference .*<\/ds:Reference>)/, '$1$1'),
  shape('no reference', /<ds:Reference .*<\/ds:Reference>/, ''),
];

const algorithms: readonly SignatureShape[] = [
  shape('SHA-1 as digest', 'http://www.w3.org/2001/04/xmlenc#sha256', `${ds}sha1`),
  shape('MD5 as digest', 'http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmldsig-more#md5'),
  shape('the algorithm "none"', rsaSha256, 'none'),
  shape('an empty algorithm', rsaSha256, ''),
  shape('DSA', rsaSha256, `${ds}dsa-sha1`),
  shape('RSA-PSS with parameters of the sender', rsaSha256, 'http://www.w3.org/2007/05/xmldsig-more#rsa-pss'),
  shape(
    'a length for the HMAC in the method',
    `<ds:SignatureMethod Algorithm="${rsaSha256}">`,
    `<ds:SignatureMethod Algorithm="${rsaSha256}"><ds:HMACOutputLength>0</ds:HMACOutputLength>`,
  ),
];

/** For every message that has a signature. */
export const signatureShapes: readonly SignatureShape[] = [...transforms, ...references, ...algorithms];

const shaped: readonly HostileCase[] = signatureShapes.map(({ name, from, to }) => ({
  name,
  make: async (workshop) => workshop.reshaped(await workshop.response(), from, to),
  outcome: 'ERR_XML_SIGNATURE',
}));

const others: readonly HostileCase[] = [
  {
    name: 'a signature over another element: the issuer of the assertion',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const response = await workshop.response();
      const withId = swap(
        response,
        /<saml:Issuer (?=[^>]*>[^<]*<\/saml:Issuer><ds:Signature)/,
        '<saml:Issuer ID="_part" ',
      );
      return workshop.reshaped(withId, /<ds:Reference URI="[^"]*">/, '<ds:Reference URI="#_part">');
    },
  },
  {
    name: 'RSA with SHA-1, signed rightly',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const xml = swap(await workshop.response(), rsaSha256, `${ds}rsa-sha1`);
      return withSignatureValue(xml, (info) => sign('sha1', info, createPrivateKey(workshop.idp.privateKeyPem)));
    },
  },
  {
    name: 'an HMAC under the public key in PEM',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const xml = swap(await workshop.response(), rsaSha256, 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256');
      const pem = workshop.idp.publicKey.export({ type: 'spki', format: 'pem' });
      return withSignatureValue(xml, (info) => createHmac('sha256', pem).update(info).digest());
    },
  },
  {
    name: 'an HMAC under the certificate',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const xml = swap(await workshop.response(), rsaSha256, `${ds}hmac-sha1`);
      return withSignatureValue(xml, (info) => createHmac('sha1', workshop.idp.certificate).update(info).digest());
    },
  },
  {
    name: 'a bare hash in place of the signature',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) =>
      withSignatureValue(await workshop.response(), (info) => createHash('sha256').update(info).digest()),
  },
  {
    name: 'an empty signature value',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => withSignatureValue(await workshop.response(), () => Buffer.alloc(0)),
  },
];

const keys: readonly HostileCase[] = [
  {
    name: 'a signature by a stranger, whose certificate stands in KeyInfo',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      const bare = swap(assertion, workshop.signatureIn(assertion), '');
      return swap(response, assertion, await workshop.signed(swap(bare, '>mary<', '>admin<'), workshop.stranger));
    },
  },
  {
    name: 'a Response signed by a stranger around an assertion signed by the IdP',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => workshop.signed(await workshop.response(), workshop.stranger),
  },
  {
    name: 'an assertion signed by a stranger in a Response signed by the IdP',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const response = await workshop.response();
      const assertion = workshop.assertionIn(response);
      const bare = swap(assertion, workshop.signatureIn(assertion), '');
      return workshop.signed(swap(response, assertion, await workshop.signed(bare, workshop.stranger)));
    },
  },
  {
    name: 'a key value in KeyInfo in place of the certificate',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const other = await workshop.signed(
        swap(workshop.assertionIn(await workshop.response()), /<ds:Signature .*<\/ds:Signature>/, ''),
        workshop.stranger,
      );
      const value =
        '<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>';
      const response = await workshop.response();
      return swap(response, workshop.assertionIn(response), swap(other, /<ds:KeyInfo>.*<\/ds:KeyInfo>/, value));
    },
  },
  {
    name: 'no signature at all',
    outcome: 'ERR_SAML_SIGNATURE_REQUIRED',
    make: async (workshop) => swap(await workshop.response(), /<ds:Signature .*<\/ds:Signature>/, ''),
  },
  {
    name: 'the signature of the Response alone taken away, where both were signed and the assertion changed',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const both = await workshop.response({ sign: 'both' });
      return swap(swap(both, workshop.signatureIn(both), ''), '>mary<', '>admin<');
    },
  },
  {
    name: 'two signatures',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const response = await workshop.response();
      const signature = workshop.signatureIn(response);
      return swap(response, signature, signature + signature);
    },
  },
  {
    name: 'a signature in another namespace',
    outcome: 'ERR_SAML_SIGNATURE_REQUIRED',
    make: async (workshop) => swap(await workshop.response(), `xmlns:ds="${ds}"`, 'xmlns:ds="urn:not-dsig"'),
  },
  {
    name: 'an ID that a second element has too',
    outcome: 'ERR_XML_SIGNATURE',
    make: async (workshop) => {
      const response = await workshop.response();
      const id = / ID="([^"]*)"/.exec(workshop.assertionIn(response))?.[1] ?? '';
      return swap(response, '<samlp:Status>', `<samlp:Status Id="${id}">`);
    },
  },
];

export const signatures: readonly HostileCase[] = [...shaped, ...others, ...keys];
