import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  consumerServiceOf,
  consumerServicesOf,
  type WantedService,
} from '../../../src/protocols/saml-idp/consumer-service.ts';
import type { AssertionConsumerService, SpMetadata } from '../../../src/wire/saml/sp-metadata.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const binding = (name: string) => `urn:oasis:names:tc:SAML:2.0:bindings:${name}`;
const at = (
  index: number,
  isDefault?: boolean,
  changes: Partial<AssertionConsumerService> = {},
): AssertionConsumerService => ({
  binding: 'HTTP-POST',
  location: `https://sp/acs${index}`,
  index,
  ...(isDefault === undefined ? {} : { isDefault }),
  ...changes,
});
const of = (services: readonly AssertionConsumerService[], wanted: WantedService) =>
  consumerServiceOf({ entityId: 'urn:sp' }, services, wanted).index;
const refusal = (...args: Parameters<typeof of>) => refusalOf(() => of(...args));

describe('where an answer goes', () => {
  it('is the default: the first marked so, else the first not marked otherwise, else the first', () => {
    expect(of([at(1), at(2, true), at(3, true)], {})).toBe(2);
    expect(of([at(1, false), at(2), at(3)], {})).toBe(2);
    expect(of([at(1, false), at(2, false)], {})).toBe(1);
  });

  it('is the one that the request names by index or URL', () => {
    expect(of([at(1), at(2)], { acsIndex: 2 })).toBe(2);
    expect(of([at(1), at(2)], { acsUrl: 'https://sp/acs2' })).toBe(2);
  });

  it('is none that the metadata does not have, however like it may look', () => {
    for (const acsUrl of ['https://sp/acs1/', 'https://sp/acs1?x', 'https://SP/acs1', 'https://evil/acs1', '']) {
      expect(refusal([at(1)], { acsUrl })).toBe('ERR_SAML_ACS_NOT_REGISTERED');
    }
    expect(refusal([at(1)], { acsIndex: 7 })).toBe('ERR_SAML_ACS_NOT_REGISTERED');
  });

  it('is the default of the binding that the request names', () => {
    const services = [at(1), at(2, undefined, { binding: 'HTTP-Artifact' }), at(3, true, { binding: 'HTTP-Artifact' })];
    expect(of(services, { protocolBinding: binding('HTTP-Artifact') })).toBe(3);
    expect(of(services, { protocolBinding: binding('HTTP-POST') })).toBe(1);
    expect(of(services, { protocolBinding: binding('HTTP-Artifact'), acsUrl: 'https://sp/acs2' })).toBe(2);
  });

  it('is no service of another binding, and none by a binding that nobody knows', () => {
    for (const name of ['HTTP-Artifact', 'SOAP', 'HTTP-POST-SimpleSign']) {
      expect(refusal([at(1)], { protocolBinding: binding(name) })).toBe('ERR_SAML_UNSUPPORTED');
    }
    expect(refusal([at(1)], { protocolBinding: binding('HTTP-Artifact'), acsUrl: 'https://evil/' })).toBe(
      'ERR_SAML_ACS_NOT_REGISTERED',
    );
  });

  it('is HTTP-POST where one address has several bindings', () => {
    const location = 'https://sp/acs';
    const services = [at(1, true, { binding: 'HTTP-Artifact', location }), at(2, undefined, { location })];
    expect(of(services, { acsUrl: location })).toBe(2);
  });
});

describe('the services that can be answered', () => {
  const all = (['HTTP-POST', 'HTTP-Artifact', 'HTTP-Redirect', 'PAOS', 'SOAP'] as const).map((name, index) =>
    at(index, undefined, { binding: name }),
  );
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const metadata = (changes: Partial<SpMetadata>): SpMetadata => ({
    entityId: 'urn:sp',
    signingKeys: [publicKey],
    encryptionKeys: [],
    assertionConsumerServices: all,
    singleLogoutServices: [],
    nameIdFormats: [],
    authnRequestsSigned: false,
    ...changes,
  });
  const bindingsOf = (changes: Partial<SpMetadata>, settings = {}) =>
    consumerServicesOf(metadata(changes), settings).browser.map((service) => service.binding);

  it('are those of HTTP-POST, and of HTTP-Artifact where there is a key to resolve with', () => {
    expect(bindingsOf({})).toEqual(['HTTP-POST', 'HTTP-Artifact']);
    expect(bindingsOf({ signingKeys: [] })).toEqual(['HTTP-POST']);
  });

  it('are those of HTTP-Redirect by name only', () => {
    expect(bindingsOf({}, { redirectResponses: true })).toEqual(['HTTP-POST', 'HTTP-Artifact', 'HTTP-Redirect']);
  });

  it('for clients that carry the answer themselves are apart', () => {
    expect(consumerServicesOf(metadata({}), {}).paos).toMatchObject([{ binding: 'PAOS' }]);
  });
});
