import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPartner, type PartnerSettings } from '../../../src/protocols/saml-idp/partner.ts';
import { nameIdFormats } from '../../../src/wire/saml/constants.ts';
import type { AssertionConsumerService, SpMetadata } from '../../../src/wire/saml/sp-metadata.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const settings: PartnerSettings = { sign: 'assertion', roleAttribute: 'Role' };
const post = (index: number, isDefault?: boolean): AssertionConsumerService => ({
  binding: 'HTTP-POST',
  location: `https://sp/acs${index}`,
  index,
  ...(isDefault === undefined ? {} : { isDefault }),
});

function metadata(overrides: Partial<SpMetadata> = {}): SpMetadata {
  return {
    entityId: 'urn:sp',
    signingKeys: [],
    encryptionKeys: [],
    assertionConsumerServices: [post(0)],
    singleLogoutServices: [],
    nameIdFormats: [],
    authnRequestsSigned: false,
    ...overrides,
  };
}

describe('createPartner', () => {
  it('takes a partner that only clients without pages can go to', () => {
    const services = [{ ...post(0), binding: 'PAOS' } as const];
    expect(
      createPartner(metadata({ assertionConsumerServices: services }), settings).assertionConsumerServices,
    ).toEqual({
      browser: [],
      paos: services,
    });
  });

  it('refuses a partner that can be answered by artifact only and has no key to resolve it with', () => {
    const services = [{ ...post(0), binding: 'HTTP-Artifact' } as const];
    expect(refusalOf(() => createPartner(metadata({ assertionConsumerServices: services }), settings))).toBe(
      'ERR_SAML_METADATA',
    );
  });

  it('refuses a partner whose requests must be signed and who has no key', () => {
    expect(refusalOf(() => createPartner(metadata({ authnRequestsSigned: true }), settings))).toBe('ERR_SAML_METADATA');
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(
      createPartner(metadata({ authnRequestsSigned: true, signingKeys: [publicKey] }), settings).requiresSignedRequests,
    ).toBe(true);
  });

  it('refuses to encrypt for a partner without an RSA key for it, and takes the first', () => {
    const encrypt = { cipher: 'aes256-gcm', transport: 'rsa-oaep-sha256' } as const;
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const [first, second] = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey);
    const made = (encryptionKeys: readonly KeyObject[]) =>
      createPartner(metadata({ encryptionKeys }), { ...settings, encrypt });
    expect(refusalOf(() => made([ec]))).toBe('ERR_SAML_METADATA');
    expect(made([ec, first!, second!]).recipient?.publicKey).toBe(first);
  });

  it('lets the configuration settle whether requests must be signed', () => {
    expect(
      createPartner(metadata({ authnRequestsSigned: true }), { ...settings, requireSignedRequests: false })
        .requiresSignedRequests,
    ).toBe(false);
  });

  it('takes the formats of the metadata that it knows, in their order, unless the configuration names one', () => {
    const formats = [
      'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
      nameIdFormats.kerberos,
      nameIdFormats.transient,
    ];
    expect(createPartner(metadata({ nameIdFormats: formats }), settings).nameIdFormats).toEqual([
      nameIdFormats.kerberos,
      nameIdFormats.transient,
    ]);
    expect(createPartner(metadata(), settings).nameIdFormats).toEqual([nameIdFormats.unspecified]);
    const persistent = { ...settings, nameIdFormat: nameIdFormats.persistent };
    expect(createPartner(metadata({ nameIdFormats: formats }), persistent).nameIdFormats).toEqual([
      nameIdFormats.persistent,
    ]);
  });
});
