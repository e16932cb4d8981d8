/** @module Which feature of a request leads to which status (saml-core §3.2.2.2), before anybody has to sign in. */
import { describe, expect, test } from 'vitest';
import { demandsOf } from '../../../src/protocols/saml-idp/demands.ts';
import { createPartner } from '../../../src/protocols/saml-idp/partner.ts';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { nameIdFormats } from '../../../src/wire/saml/constants.ts';
import type { SpMetadata } from '../../../src/wire/saml/sp-metadata.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { acsUrl, idpEntityId, spEntityId } from '../../support/saml-input.ts';

const now = Date.UTC(2026, 10, 21, 10, 0);
const metadata: SpMetadata = {
  entityId: spEntityId,
  signingKeys: [],
  encryptionKeys: [],
  assertionConsumerServices: [{ binding: 'HTTP-POST', location: acsUrl, index: 0 }],
  singleLogoutServices: [],
  nameIdFormats: [],
  authnRequestsSigned: false,
};
const settings = { sign: 'assertion', roleAttribute: 'Role', affiliation: 'urn:group' } as const;
const partner = createPartner(metadata, settings);

function demands(content = '', attributes = '', of = partner) {
  const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" IssueInstant="2026-11-21T10:00:00Z" Version="2.0"${attributes}><saml:Issuer>${spEntityId}</saml:Issuer>${content}</samlp:AuthnRequest>`;
  return demandsOf(parseAuthnRequest(parseXml(xml)), of, idpEntityId, now);
}

const policy = (attributes: string) => `<samlp:NameIDPolicy ${attributes}/>`;
const format = (uri: string) => policy(`Format="${uri}"`);
const providers = (...ids: string[]) =>
  `<samlp:Scoping ProxyCount="0"><samlp:IDPList>${ids.map((id) => `<samlp:IDPEntry ProviderID="${id}"/>`).join('')}</samlp:IDPList></samlp:Scoping>`;
const conditions = (notOnOrAfter: string) => `<saml:Conditions NotOnOrAfter="${notOnOrAfter}"/>`;

describe('a demand that can be met', () => {
  test.each<readonly [string, string]>([
    ['nothing', ''],
    ...Object.values(nameIdFormats).map((uri) => [uri, format(uri)] as const),
    ['AllowCreate false', policy('AllowCreate="false"')],
    ['its own SPNameQualifier', policy(`SPNameQualifier="${spEntityId}"`)],
    ['the SPNameQualifier of its affiliation', policy('SPNameQualifier="urn:group"')],
    ['us among the providers', providers('urn:other', idpEntityId)],
    ['a proxy count', '<samlp:Scoping ProxyCount="0"/>'],
    ['an end in the future', conditions('2026-11-21T10:00:01Z')],
    [
      'another audience',
      '<saml:Conditions><saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience></saml:AudienceRestriction></saml:Conditions>',
    ],
    ['extensions', '<samlp:Extensions><x:y xmlns:x="urn:x"/></samlp:Extensions>'],
  ])('%s', (_what, content) => {
    expect(demands(content).refusal).toBeUndefined();
  });

  test('Consent and ProviderName', () => {
    expect(demands('', ' Consent="urn:oasis:names:tc:SAML:2.0:consent:obtained" ProviderName="Archive"').refusal).toBe(
      undefined,
    );
  });
});

describe('a demand that nobody can meet', () => {
  test.each([
    ['an unknown format of the name', format('urn:x'), 'Requester', 'InvalidNameIDPolicy'],
    [
      'the format of an entity',
      format('urn:oasis:names:tc:SAML:2.0:nameid-format:entity'),
      'Requester',
      'InvalidNameIDPolicy',
    ],
    [
      'the SPNameQualifier of somebody else',
      policy('SPNameQualifier="urn:theirs"'),
      'Requester',
      'InvalidNameIDPolicy',
    ],
    ['other providers', providers('urn:other'), 'Responder', 'NoSupportedIDP'],
    ['an encrypted subject', '<saml:Subject><saml:EncryptedID/></saml:Subject>', 'Responder', 'RequestUnsupported'],
    [
      'a context by declaration',
      '<samlp:RequestedAuthnContext><saml:AuthnContextDeclRef>urn:x</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>',
      'Responder',
      'NoAuthnContext',
    ],
    ['an end that has passed', conditions('2026-11-21T10:00:00Z'), 'Requester', 'RequestDenied'],
  ])('%s', (_what, content, fault, status) => {
    expect(demands(content).refusal).toEqual({ fault, status });
  });
});

describe('AttributeConsumingServiceIndex', () => {
  const index = ' AttributeConsumingServiceIndex="2"';
  const withServices = createPartner({ ...metadata, attributeServices: [{ index: 1, attributes: [] }] }, settings);

  test('is passed over where the metadata has no such service at all', () => {
    expect(demands('', index)).toMatchObject({ refusal: undefined, attributeServiceIndex: undefined });
  });

  test('that the metadata does not have among its services cannot be met', () => {
    expect(demands('', index, withServices).refusal).toEqual({ fault: 'Requester', status: 'RequestUnsupported' });
    expect(demands('', index.replace('2', '1'), withServices)).toMatchObject({
      refusal: undefined,
      attributeServiceIndex: 1,
    });
  });
});
