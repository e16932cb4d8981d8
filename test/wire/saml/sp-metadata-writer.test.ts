import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/wire/saml/metadata-reader.ts';
import { buildSpMetadata, type SpMetadataInput } from '../../../src/wire/saml/sp-metadata-writer.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { acsUrl, spEntityId } from '../../support/saml-input.ts';
import { xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const [signing, encryption] = [makeKeyPair('rsa'), makeKeyPair('rsa')];
const input: SpMetadataInput = {
  id: '_metadata-1',
  entityId: spEntityId,
  certificates: [signing.certificate],
  encryptionCertificates: [encryption.certificate],
  consumerServices: [
    { binding: 'HTTP-Artifact', location: acsUrl, index: 1 },
    { binding: 'HTTP-POST', location: acsUrl, index: 0 },
  ],
  logoutServices: [{ binding: 'HTTP-Redirect', location: 'https://sp.example.com/slo' }],
  nameIdFormats: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
  validUntil: Date.UTC(2026, 11, 1),
};
const xml = await buildSpMetadata(input, signerOf(signing, 'rsa-sha256'));

describe('metadata of a service provider of ours', () => {
  it('is valid by the OASIS schema', () => {
    expect(xmllintValidate(xml, 'metadata')).toMatchObject({ accepted: true });
  });

  it('is signed by its key, as xmlsec1 sees it', () => {
    expect(xmlsecVerify(xml, signing.certificatePem)).toMatchObject({ accepted: true });
  });

  it('is read by our own reader as it was meant', () => {
    const [read] = readMetadata(xml);
    expect(read).toMatchObject({
      entityId: spEntityId,
      authnRequestsSigned: true,
      wantAssertionsSigned: true,
      assertionConsumerServices: [
        { binding: 'HTTP-Artifact', location: acsUrl, index: 1, isDefault: true },
        { binding: 'HTTP-POST', location: acsUrl, index: 0 },
      ],
      singleLogoutServices: [{ binding: 'HTTP-Redirect', location: 'https://sp.example.com/slo' }],
    });
    const spki = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }) =>
      key.export({ type: 'spki', format: 'pem' });
    expect(read?.signingKeys.map(spki)).toEqual([spki(signing.publicKey)]);
    expect(read?.encryptionKeys.map(spki)).toEqual([spki(encryption.publicKey)]);
  });
});
