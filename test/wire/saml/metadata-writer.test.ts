import { describe, expect, it } from 'vitest';
import { buildIdpMetadata } from '../../../src/wire/saml/metadata-writer.ts';
import { attribute, childElements, textOf, type XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { metadataInput, ssoUrl } from '../../support/saml-input.ts';
import { xmllintValidate } from '../../support/xml-judges.ts';

const [active, pending] = [makeKeyPair('ec'), makeKeyPair('ec')];
const input = metadataInput([active.certificate, pending.certificate], Date.UTC(2026, 11, 1));
const write = async (changes: Partial<typeof input> = {}) =>
  parseXml(await buildIdpMetadata({ ...input, ...changes }, signerOf(active, 'ecdsa-sha256')));
const root = await write();

const all = (at: XmlElement, name: string): readonly XmlElement[] =>
  childElements(at).flatMap((one) => [...(one.localName === name ? [one] : []), ...all(one, name)]);

describe('our metadata', () => {
  it('names the entity and its end', () => {
    expect(['entityID', 'validUntil'].map((name) => attribute(root, name))).toEqual([
      'https://idp.example.com/saml/idp',
      '2026-12-01T00:00:00.000Z',
    ]);
  });

  it('holds every certificate, the active one first', () => {
    const certificates = all(root, 'KeyDescriptor')
      .flatMap((one) => all(one, 'X509Certificate'))
      .map(textOf);
    expect(certificates).toEqual([active, pending].map((one) => Buffer.from(one.certificate).toString('base64')));
  });

  it('holds the certificates for encryption, the one to take first in front, and says what we open', async () => {
    const xml = await buildIdpMetadata(
      { ...input, encryptionCertificates: [pending.certificate, active.certificate] },
      signerOf(active, 'ecdsa-sha256'),
    );
    const descriptors = all(parseXml(xml), 'KeyDescriptor').filter((one) => attribute(one, 'use') === 'encryption');
    expect(descriptors.flatMap((one) => all(one, 'X509Certificate')).map(textOf)).toEqual(
      [pending, active].map((one) => Buffer.from(one.certificate).toString('base64')),
    );
    const methods = all(descriptors[0]!, 'EncryptionMethod').map((one) => attribute(one, 'Algorithm'));
    expect(methods.filter((uri) => uri?.includes('cbc'))).toEqual([]);
    expect(methods).toContain('http://www.w3.org/2009/xmlenc11#aes256-gcm');
    expect(xmllintValidate(xml, 'metadata')).toMatchObject({ accepted: true });
  });

  it('names one address of single logout for each binding, and none where there is no logout', async () => {
    const { sloUrl, ...without } = input;
    const services = all(root, 'SingleLogoutService');
    expect(services.map((one) => attribute(one, 'Location'))).toEqual([sloUrl, sloUrl, sloUrl]);
    expect(services.map((one) => attribute(one, 'Binding')?.split(':').at(-1))).toEqual([
      'HTTP-Redirect',
      'HTTP-POST',
      'SOAP',
    ]);
    const silent = parseXml(await buildIdpMetadata(without, signerOf(active, 'ecdsa-sha256')));
    expect(all(silent, 'SingleLogoutService')).toEqual([]);
  });

  it('names an endpoint for each binding', () => {
    expect(
      all(root, 'SingleSignOnService').map((one) => [attribute(one, 'Binding'), attribute(one, 'Location')]),
    ).toEqual([
      ['urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', ssoUrl],
      ['urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', ssoUrl],
    ]);
  });

  it('names no endpoint for a binding that is not served', async () => {
    const services = all(await write({ ssoUrls: { post: ssoUrl } }), 'SingleSignOnService');
    expect(services.map((one) => attribute(one, 'Binding'))).toEqual([
      'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    ]);
  });

  it('names the name formats in order', () => {
    expect(all(root, 'NameIDFormat').map(textOf)).toEqual(input.nameIdFormats);
  });

  it('names the algorithms that are verified, SHA-1 not among them, and the scope of identifiers', async () => {
    const xml = await buildIdpMetadata(input, signerOf(active, 'ecdsa-sha256'));
    expect(xmllintValidate(xml, 'metadata')).toMatchObject({ accepted: true });
    const [extensions] = all(all(root, 'IDPSSODescriptor')[0]!, 'Extensions');
    const named = (name: string) => all(extensions!, name).map((one) => attribute(one, 'Algorithm'));
    expect(named('SigningMethod')[0]).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
    expect(named('DigestMethod')[0]).toBe('http://www.w3.org/2001/04/xmlenc#sha256');
    expect([...named('SigningMethod'), ...named('DigestMethod')].filter((uri) => uri?.endsWith('sha1'))).toEqual([]);
    expect(all(extensions!, 'Scope').map((one) => [attribute(one, 'regexp'), textOf(one)])).toEqual([
      ['false', 'example.com'],
    ]);
  });

  it('says whether requests must be signed', async () => {
    const role = all(await write({ wantAuthnRequestsSigned: true }), 'IDPSSODescriptor')[0]!;
    expect(attribute(role, 'WantAuthnRequestsSigned')).toBe('true');
  });
});
