import { describe, expect, it } from 'vitest';
import { readIdpMetadata, readMetadata } from '../../../src/wire/saml/metadata-reader.ts';
import { buildIdpMetadata } from '../../../src/wire/saml/metadata-writer.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { idpEntityId, metadataInput, ssoUrl } from '../../support/saml-input.ts';
import { entities, entity, key, namespaces, protocol } from '../../support/sp-metadata.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const [signing, encryption] = [makeKeyPair('ec'), makeKeyPair('rsa')];
const binding = (name: string) => `Binding="urn:oasis:names:tc:SAML:2.0:bindings:${name}"`;
const sso = `<md:SingleSignOnService ${binding('HTTP-Redirect')} Location="https://idp.example.com/sso"/>`;
const idp = (role = sso, attributes = '', entityId = 'https://idp.example.com') =>
  `<md:EntityDescriptor ${namespaces} entityID="${entityId}"${attributes}><md:IDPSSODescriptor protocolSupportEnumeration="${protocol}">${role}</md:IDPSSODescriptor></md:EntityDescriptor>`;

describe('metadata of an identity provider', () => {
  it('of the least that it must have is read', () => {
    expect(readIdpMetadata(idp())).toEqual([
      {
        entityId: 'https://idp.example.com',
        signingKeys: [],
        encryptionKeys: [],
        wantAuthnRequestsSigned: false,
        singleSignOnServices: [{ binding: 'HTTP-Redirect', location: 'https://idp.example.com/sso' }],
        singleLogoutServices: [],
        artifactResolutionServices: [],
        nameIdFormats: [],
      },
    ]);
  });

  it('of our own making is read', async () => {
    const xml = await buildIdpMetadata(
      metadataInput([signing.certificate], Date.UTC(2026, 1, 1)),
      signerOf(signing, 'ecdsa-sha256'),
    );
    expect(readIdpMetadata(xml)).toMatchObject([
      {
        entityId: idpEntityId,
        validUntil: Date.UTC(2026, 1, 1),
        singleSignOnServices: [{ location: ssoUrl }, { location: ssoUrl }],
      },
    ]);
  });

  it('gives the keys by their use', () => {
    const [read] = readIdpMetadata(idp(key(signing, ' use="signing"') + key(encryption, ' use="encryption"') + sso));
    const jwk = ({ publicKey }: typeof signing) => publicKey.export({ format: 'jwk' });
    expect(read?.signingKeys.map((one) => one.export({ format: 'jwk' }))).toEqual([jwk(signing)]);
    expect(read?.encryptionKeys.map((one) => one.export({ format: 'jwk' }))).toEqual([jwk(encryption)]);
  });

  it('gives the endpoints of logout, with where responses go, and of artifacts, with their index', () => {
    const role =
      `<md:ArtifactResolutionService ${binding('SOAP')} Location="https://idp.example.com/artifact" index="3"/>` +
      `<md:SingleLogoutService ${binding('HTTP-POST')} Location="https://idp.example.com/slo" ResponseLocation="https://idp.example.com/slo/done"/>${sso}`;
    expect(readIdpMetadata(idp(role))).toMatchObject([
      {
        artifactResolutionServices: [{ binding: 'SOAP', location: 'https://idp.example.com/artifact', index: 3 }],
        singleLogoutServices: [
          {
            binding: 'HTTP-POST',
            location: 'https://idp.example.com/slo',
            responseLocation: 'https://idp.example.com/slo/done',
          },
        ],
      },
    ]);
  });

  it('passes over service providers, and is passed over by their reader', () => {
    const both = entities(entity() + idp());
    expect(readIdpMetadata(both).map(({ entityId }) => entityId)).toEqual(['https://idp.example.com']);
    expect(readMetadata(both).map(({ entityId }) => entityId)).toEqual(['https://sp.example.com']);
  });

  it('is valid no longer than what surrounds it', () => {
    const inner = idp(sso, ' validUntil="2026-03-01T00:00:00Z"');
    const [read] = readIdpMetadata(entities(inner, ' validUntil="2026-02-01T00:00:00Z"'));
    expect(read?.validUntil).toBe(Date.UTC(2026, 1, 1));
  });

  it.each([
    ['an endpoint that a form would run', idp(sso.replace('https://idp.example.com/sso', 'javascript:alert(1)'))],
    ['a response location that a form would run', idp(sso.replace('/>', ' ResponseLocation="data:x"/>'))],
    ['an entity that comes twice', entities(idp() + idp())],
  ])('is refused with %s', (_what, xml) => {
    expect(refusalOf(() => readIdpMetadata(xml))).toBe('ERR_SAML_METADATA');
  });
});
