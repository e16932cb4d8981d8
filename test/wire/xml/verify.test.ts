import { createHmac, sign as cryptoSign, hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { attribute, child } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { signedAuthnRequest } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const rsa = makeKeyPair('rsa');
const ec = makeKeyPair('ec');
const ds = 'http://www.w3.org/2000/09/xmldsig#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const signed = await signedAuthnRequest(signerOf(rsa, 'rsa-sha256'));

const verify = (xml: string, keys = [rsa.publicKey]) => {
  const root = parseXml(xml);
  return verifyEnveloped(root, root, keys);
};
const refusal = (xml: string, keys?: Parameters<typeof verify>[1]) => refusalOf(() => verify(xml, keys));
const changed = (from: string | RegExp, to: string) => {
  const xml = signed.replace(from, to);
  if (xml === signed) throw new Error('the change changes nothing');
  return xml;
};

/** As `changed`, with the signed information signed anew: nothing is wrong with it but its shape. */
const resigned = (from: string | RegExp, to: string) => {
  const xml = changed(from, to);
  const info = child(child(parseXml(xml), ds, 'Signature')!, ds, 'SignedInfo')!;
  const value = cryptoSign('sha256', Buffer.from(canonicalize(info)), rsa.privateKeyPem).toString('base64');
  return xml.replace(/<ds:SignatureValue>[^<]*/, `<ds:SignatureValue>${value}`);
};

describe('a signature is accepted', () => {
  it.each([
    ['rsa-sha256', rsa],
    ['rsa-sha384', rsa],
    ['rsa-sha512', rsa],
    ['ecdsa-sha256', ec],
    ['ecdsa-sha384', ec],
    ['ecdsa-sha512', ec],
  ] as const)('made with %s', async (algorithm, pair) => {
    const xml = await signedAuthnRequest(signerOf(pair, algorithm));
    expect(verify(xml, [pair.publicKey]).localName).toBe('AuthnRequest');
  });

  it('made with any key of the partner', () => {
    expect(refusal(signed, [ec.publicKey, makeKeyPair('rsa').publicKey, rsa.publicKey])).toBeUndefined();
  });

  it('whatever its KeyInfo says', () => {
    expect(
      refusal(changed(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '<ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo>')),
    ).toBeUndefined();
  });

  it('and hands on the element without the signature', () => {
    const element = verify(signed);
    expect([attribute(element, 'ID'), child(element, ds, 'Signature')]).toEqual(['_request-1', undefined]);
  });
});

describe('a signature is refused', () => {
  it('when a value was changed', () => {
    expect(refusal(changed('https://sp.example.com/acs', 'https://sp.example.com/acz'))).toBe('ERR_XML_SIGNATURE');
  });

  it('when it was made with another key', () => {
    expect(refusal(signed, [makeKeyPair('rsa').publicKey])).toBe('ERR_XML_SIGNATURE');
  });

  it('when the partner has no key, though KeyInfo has one', () => {
    expect(refusal(signed, [])).toBe('ERR_XML_SIGNATURE');
  });

  it('when there is none', () => {
    expect(refusal(changed(/<ds:Signature .*<\/ds:Signature>/, ''))).toBe('ERR_XML_SIGNATURE');
  });

  it('when there are two', () => {
    expect(refusal(changed(/(<ds:Signature .*<\/ds:Signature>)/, '$1$1'))).toBe('ERR_XML_SIGNATURE');
  });

  it('when it is not a child of the element', () => {
    expect(refusal(changed(/(<ds:Signature .*<\/ds:Signature>)/, '<samlp:Extensions>$1</samlp:Extensions>'))).toBe(
      'ERR_XML_SIGNATURE',
    );
  });

  it('when the element is of another document', () => {
    expect(refusalOf(() => verifyEnveloped(parseXml(signed), parseXml(signed), [rsa.publicKey]))).toBe(
      'ERR_XML_SIGNATURE',
    );
  });

  it('when its ID comes again as xml:id, where nothing is signed', () => {
    expect(refusal(changed('<ds:KeyInfo>', '<ds:KeyInfo xml:id="_request-1">'))).toBe('ERR_XML_SIGNATURE');
  });

  it('when it is an HMAC under the public key', () => {
    const uri = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256';
    const renamed = changed('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', uri);
    const info = child(child(parseXml(renamed), ds, 'Signature')!, ds, 'SignedInfo')!;
    const value = createHmac('sha256', rsa.publicKey.export({ type: 'spki', format: 'pem' }))
      .update(canonicalize(info))
      .digest('base64');
    expect(refusal(renamed.replace(/<ds:SignatureValue>[^<]*/, `<ds:SignatureValue>${value}`))).toBe(
      'ERR_XML_SIGNATURE',
    );
  });

  it('when an ECDSA value is in DER', async () => {
    const xml = await signedAuthnRequest(signerOf(ec, 'ecdsa-sha256'));
    const info = child(child(parseXml(xml), ds, 'Signature')!, ds, 'SignedInfo')!;
    const der = cryptoSign('sha256', Buffer.from(canonicalize(info)), ec.privateKeyPem).toString('base64');
    expect(refusal(xml.replace(/<ds:SignatureValue>[^<]*/, `<ds:SignatureValue>${der}`), [ec.publicKey])).toBe(
      'ERR_XML_SIGNATURE',
    );
  });

  it.each([
    [
      'the transforms in the other order',
      /(<ds:Transform .*?<\/ds:Transform>)(<ds:Transform .*?<\/ds:Transform>)/,
      '$2$1',
    ],
    ['an element inside a transform', 'signature"></ds:Transform>', 'signature"><x></x></ds:Transform>'],
    ['a second reference', /(<ds:Reference .*<\/ds:Reference>)/, '$1$1'],
    [
      'a length for an HMAC',
      '</ds:SignatureMethod>',
      '<ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>',
    ],
    ['two digest values', /(<ds:DigestValue>.*<\/ds:DigestValue>)/, '$1$1'],
    ['an element in the digest', '<ds:DigestValue>', '<ds:DigestValue><x></x>'],
    ['an empty digest', /<ds:DigestValue>[^<]*/, '<ds:DigestValue>'],
    ['an XPointer', 'URI="#_request-1"', 'URI="#xpointer(id(\'_request-1\'))"'],
    ['no URI', ' URI="#_request-1"', ''],
    ['the URI of another element', 'URI="#_request-1"', 'URI="#_request-2"'],
    ['an ID that is no NCName', /_request-1/g, '1'],
    ['no algorithm for the digest', / Algorithm="[^"]*sha256"(?=><\/ds:DigestMethod>)/, ''],
    [
      'too long a prefix list',
      '</ds:CanonicalizationMethod>',
      `<x:InclusiveNamespaces xmlns:x="${exclusive}" PrefixList="${'a '.repeat(17)}"></x:InclusiveNamespaces></ds:CanonicalizationMethod>`,
    ],
    [
      'a prefix list of another namespace',
      '</ds:CanonicalizationMethod>',
      '<InclusiveNamespaces PrefixList="a"></InclusiveNamespaces></ds:CanonicalizationMethod>',
    ],
  ])('when its signed information has %s', (_what, from, to) => {
    expect(refusal(resigned(from, to))).toBe('ERR_XML_SIGNATURE');
  });

  it('not, when its signed information is only signed anew', () => {
    expect(refusal(resigned('<ds:SignedInfo>', '<ds:SignedInfo Id="_info">'))).toBeUndefined();
  });

  it.each([
    ['an Object', '</ds:KeyInfo>', '</ds:KeyInfo><ds:Object></ds:Object>'],
    ['an Object in place of KeyInfo', /<ds:KeyInfo>.*<\/ds:KeyInfo>/, '<ds:Object></ds:Object>'],
    ['a value that is not base64', '<ds:SignatureValue>', '<ds:SignatureValue>*'],
    ['no value', /<ds:SignatureValue>.*<\/ds:SignatureValue>/, ''],
  ])('when it has %s', (_what, from, to) => {
    expect(refusal(changed(from, to))).toBe('ERR_XML_SIGNATURE');
  });

  it('when a digest of the changed element was put in, because the signed information is signed too', () => {
    const evil = parseXml(changed('sp.example.com/acs', 'evil.example.com'));
    const digest = hash('sha256', canonicalize(evil, [], child(evil, ds, 'Signature')), 'base64');
    const xml = changed('sp.example.com/acs', 'evil.example.com').replace(
      /<ds:DigestValue>[^<]*/,
      `<ds:DigestValue>${digest}`,
    );
    expect(refusal(xml)).toBe('ERR_XML_SIGNATURE');
  });
});
