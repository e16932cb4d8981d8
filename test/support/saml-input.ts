/** @module Sample input of the SAML formats: an AuthnRequest, what a Response is made of, and what our metadata is. */
import type { Signer } from '../../src/spi/signer.ts';
import {
  attributeNameFormats,
  authnContextClasses,
  nameIdFormats,
  samlNamespaces,
} from '../../src/wire/saml/constants.ts';
import type { IdpMetadataInput } from '../../src/wire/saml/metadata-writer.ts';
import type { ResponseInput } from '../../src/wire/saml/response.ts';
import { signEnveloped } from '../../src/wire/xml/sign.ts';
import { element, signatureSlot, writeAroundSignature } from '../../src/wire/xml/writer.ts';

export const idpEntityId = 'https://idp.example.com/saml/idp';
export const spEntityId = 'https://sp.example.com/metadata';
export const acsUrl = 'https://sp.example.com/acs';
export const ssoUrl = 'https://idp.example.com/saml/idp/sso';
export const sloUrl = 'https://idp.example.com/saml/idp/slo';

export function responseInput(now: number, changes: Partial<ResponseInput> = {}): ResponseInput {
  return {
    responseId: '_response-1',
    assertionId: '_assertion-1',
    now,
    issuer: idpEntityId,
    destination: acsUrl,
    inResponseTo: '_request-1',
    audience: spEntityId,
    nameId: { format: nameIdFormats.unspecified, value: 'mary' },
    sessionIndex: '_session-1',
    authnInstant: now - 60_000,
    sessionNotOnOrAfter: now + 8 * 3600_000,
    authnContextClassRef: authnContextClasses.passwordProtectedTransport,
    notBefore: now - 60_000,
    notOnOrAfter: now + 300_000,
    attributes: [
      { name: 'Role', nameFormat: attributeNameFormats.basic, values: ['admin', 'R&D <lab>'] },
      {
        name: 'urn:oid:2.5.4.3',
        nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
        friendlyName: 'cn',
        values: ['Mary "M" Ångström 🎈'],
      },
      { name: 'nothing', nameFormat: attributeNameFormats.basic, values: [] },
    ],
    sign: 'assertion',
    ...changes,
  };
}

export function metadataInput(certificates: readonly Uint8Array[], validUntil: number): IdpMetadataInput {
  return {
    id: '_metadata-1',
    entityId: idpEntityId,
    certificates,
    ssoUrls: { redirect: ssoUrl, post: ssoUrl },
    sloUrl,
    scope: 'example.com',
    nameIdFormats: Object.values(nameIdFormats),
    wantAuthnRequestsSigned: false,
    validUntil,
  };
}

/** A signed AuthnRequest in canonical form. */
export function signedAuthnRequest(signer: Signer, id = '_request-1'): Promise<string> {
  const root = element(
    'samlp:AuthnRequest',
    [
      ['AssertionConsumerServiceURL', acsUrl],
      ['Destination', ssoUrl],
      ['ForceAuthn', 'true'],
      ['ID', id],
      ['IssueInstant', '2026-11-21T10:00:00Z'],
      ['Version', '2.0'],
    ],
    element('saml:Issuer', [], spEntityId),
    signatureSlot,
    element('samlp:NameIDPolicy', [
      ['AllowCreate', 'true'],
      ['Format', nameIdFormats.transient],
    ]),
    element(
      'samlp:RequestedAuthnContext',
      [['Comparison', 'minimum']],
      element('saml:AuthnContextClassRef', [], authnContextClasses.password),
    ),
  );
  return signEnveloped(writeAroundSignature(root, samlNamespaces), id, signer);
}
