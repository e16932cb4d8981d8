import { describe, expect, it } from 'vitest';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const required = 'ID="_1" Version="2.0" IssueInstant="2026-11-21T10:00:00Z"';
const issuer = '<saml:Issuer>https://sp.example.com</saml:Issuer>';
const xml = (attributes: string, content = issuer) =>
  `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ${attributes}>${content}</samlp:AuthnRequest>`;
const read = (attributes: string, content?: string) => parseAuthnRequest(parseXml(xml(attributes, content)));
const refusal = (attributes: string, content?: string) => refusalOf(() => read(attributes, content));

describe('an AuthnRequest', () => {
  it('of the least that it must have is read', () => {
    expect(read(required)).toEqual({
      id: '_1',
      issueInstant: Date.UTC(2026, 10, 21, 10),
      issuer: 'https://sp.example.com',
      forceAuthn: false,
      isPassive: false,
      hasSignature: false,
    });
  });

  it('with all that is used is read', () => {
    const request = read(
      `${required} Destination="https://idp.example.com/sso" ForceAuthn="1" IsPassive="true" AssertionConsumerServiceURL="https://sp.example.com/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"`,
      `${issuer}<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>
      <saml:Subject><saml:NameID Format="urn:f">mary</saml:NameID></saml:Subject>
      <samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" AllowCreate="true" SPNameQualifier="q"/>
      <samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef> urn:a </saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:b</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`,
    );
    expect(request).toEqual({
      id: '_1',
      issueInstant: Date.UTC(2026, 10, 21, 10),
      issuer: 'https://sp.example.com',
      destination: 'https://idp.example.com/sso',
      acsUrl: 'https://sp.example.com/acs',
      protocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
      forceAuthn: true,
      isPassive: true,
      nameIdPolicy: {
        format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        spNameQualifier: 'q',
        allowCreate: true,
      },
      requestedAuthnContext: { comparison: 'minimum', classRefs: ['urn:a', 'urn:b'] },
      subjectNameId: { format: 'urn:f', value: 'mary' },
      hasSignature: true,
    });
  });

  it('may have an ID of 256 characters', () => {
    const id = `_${'a'.repeat(255)}`;
    expect(read(required.replace('_1', id)).id).toBe(id);
  });

  it('may name its consumer by index', () => {
    expect(read(`${required} AssertionConsumerServiceIndex="3"`).acsIndex).toBe(3);
  });

  it('compares contexts exactly when it does not say how', () => {
    const context =
      '<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:a</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>';
    expect(read(required, issuer + context).requestedAuthnContext?.comparison).toBe('exact');
  });

  it('has the whole issuer, whatever comment is in it', () => {
    const content = '<saml:Issuer>https://sp.example.com<!-- -->.evil.com</saml:Issuer>';
    expect(read(required, content).issuer).toBe('https://sp.example.com.evil.com');
  });

  it('has the whole name of its subject, whatever comment is in it', () => {
    const subject = '<saml:Subject><saml:NameID>admin@example.com<!-- -->.evil.com</saml:NameID></saml:Subject>';
    expect(read(required, issuer + subject).subjectNameId?.value).toBe('admin@example.com.evil.com');
  });

  it.each([
    ['without an ID', 'Version="2.0" IssueInstant="2026-11-21T10:00:00Z"', issuer],
    [
      'with an ID that is too long',
      `ID="_${'a'.repeat(256)}" Version="2.0" IssueInstant="2026-11-21T10:00:00Z"`,
      issuer,
    ],
    ['with an ID that is no NCName', 'ID="1" Version="2.0" IssueInstant="2026-11-21T10:00:00Z"', issuer],
    ['without an instant', 'ID="_1" Version="2.0"', issuer],
    ['with an instant without a zone', 'ID="_1" Version="2.0" IssueInstant="2026-11-21T10:00:00"', issuer],
    ['without an issuer', required, ''],
    ['with an empty issuer', required, '<saml:Issuer> </saml:Issuer>'],
    ['with two issuers', required, issuer + issuer],
    ['with an element in its issuer', required, '<saml:Issuer>https://sp.example.com<x/></saml:Issuer>'],
    ['with an issuer of 3000 characters', required, `<saml:Issuer>${'x'.repeat(3000)}</saml:Issuer>`],
    [
      'with an issuer that is not an entity',
      required,
      '<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">a@b</saml:Issuer>',
    ],
    ['with a flag that is neither', `${required} ForceAuthn="maybe"`, issuer],
    ['with an index that is no number', `${required} AssertionConsumerServiceIndex="x"`, issuer],
    [
      'with index and URL',
      `${required} AssertionConsumerServiceIndex="1" AssertionConsumerServiceURL="https://sp.example.com/acs"`,
      issuer,
    ],
    ['with two policies', required, `${issuer}<samlp:NameIDPolicy/><samlp:NameIDPolicy/>`],
    [
      'with a comparison that is none',
      required,
      `${issuer}<samlp:RequestedAuthnContext Comparison="x"><saml:AuthnContextClassRef>a</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`,
    ],
    ['with a URL of 3000 characters', `${required} Destination="https://${'x'.repeat(3000)}"`, issuer],
  ])('%s is refused', (_what, attributes, content) => {
    expect(refusal(attributes, content)).toBe('ERR_SAML_MALFORMED');
  });

  it.each([['of another version', 'ID="_1" Version="1.1" IssueInstant="2026-11-21T10:00:00Z"', issuer]])(
    '%s is not supported',
    (_what, attributes, content) => {
      expect(refusal(attributes, content)).toBe('ERR_SAML_UNSUPPORTED');
    },
  );

  it('has no subject and says so where that is encrypted', () => {
    const request = read(required, `${issuer}<saml:Subject><saml:EncryptedID/></saml:Subject>`);
    expect([request.subjectNameId, request.hasEncryptedSubject]).toEqual([undefined, true]);
  });

  it('has no class where a context is asked for by declaration', () => {
    const context =
      '<samlp:RequestedAuthnContext><saml:AuthnContextDeclRef>a</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>';
    expect(read(required, issuer + context).requestedAuthnContext?.classRefs).toEqual([]);
  });

  it('has its policy, its conditions and who may answer', () => {
    const content = `${issuer}<samlp:NameIDPolicy SPNameQualifier="urn:group" AllowCreate="1"/><saml:Conditions NotOnOrAfter="2026-11-21T10:05:00Z"><saml:OneTimeUse/></saml:Conditions><samlp:Scoping ProxyCount="0"><samlp:IDPList><samlp:IDPEntry ProviderID="urn:idp"/></samlp:IDPList></samlp:Scoping>`;
    expect(
      read(`${required} AttributeConsumingServiceIndex="3" ProviderName="x" Consent="urn:x"`, content),
    ).toMatchObject({
      nameIdPolicy: { spNameQualifier: 'urn:group', allowCreate: true },
      attributeServiceIndex: 3,
      conditions: { notOnOrAfter: Date.UTC(2026, 10, 21, 10, 5), oneTimeUse: true },
      providers: ['urn:idp'],
    });
  });

  it('may be answered by anybody where the list of providers is continued elsewhere', () => {
    const list = '<samlp:IDPEntry ProviderID="urn:idp"/><samlp:GetComplete>https://x.example.com</samlp:GetComplete>';
    expect(
      read(required, `${issuer}<samlp:Scoping><samlp:IDPList>${list}</samlp:IDPList></samlp:Scoping>`),
    ).not.toHaveProperty('providers');
  });

  it('is not any other message', () => {
    const other = xml(required).replaceAll('AuthnRequest', 'LogoutRequest');
    expect(refusalOf(() => parseAuthnRequest(parseXml(other)))).toBe('ERR_SAML_MALFORMED');
  });

  it('is not an element of that name in another namespace', () => {
    const other = xml(required).replace('SAML:2.0:protocol', 'SAML:1.0:protocol');
    expect(refusalOf(() => parseAuthnRequest(parseXml(other)))).toBe('ERR_SAML_MALFORMED');
  });
});
