import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { consumerServiceOf, createPartner, type PartnerSettings } from '../../../src/protocols/saml-idp/partner.ts';
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
  it('refuses a partner that cannot be answered by HTTP-POST', () => {
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

describe('consumerServiceOf', () => {
  const of = (services: readonly AssertionConsumerService[], wanted: Parameters<typeof consumerServiceOf>[1]) =>
    consumerServiceOf(createPartner(metadata({ assertionConsumerServices: services }), settings), wanted).index;

  it('takes the default: the first marked so, else the first not marked otherwise, else the first', () => {
    expect(of([post(1), post(2, true), post(3, true)], {})).toBe(2);
    expect(of([post(1, false), post(2), post(3)], {})).toBe(2);
    expect(of([post(1, false), post(2, false)], {})).toBe(1);
  });

  it('finds the one that the request names by index or URL', () => {
    expect(of([post(1), post(2)], { acsIndex: 2 })).toBe(2);
    expect(of([post(1), post(2)], { acsUrl: 'https://sp/acs2' })).toBe(2);
  });

  it('refuses one that the metadata does not have, however like it may look', () => {
    for (const acsUrl of ['https://sp/acs1/', 'https://sp/acs1?x', 'https://SP/acs1', 'https://evil/acs1', '']) {
      expect(refusalOf(() => of([post(1)], { acsUrl }))).toBe('ERR_SAML_ACS_NOT_REGISTERED');
    }
    expect(refusalOf(() => of([post(1)], { acsIndex: 7 }))).toBe('ERR_SAML_ACS_NOT_REGISTERED');
  });
});
