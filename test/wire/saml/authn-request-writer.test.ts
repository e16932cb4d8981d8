import { describe, expect, it } from 'vitest';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import {
  type AuthnRequestInput,
  buildAuthnRequest,
  signAuthnRequest,
} from '../../../src/wire/saml/authn-request-writer.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { acsUrl, spEntityId, ssoUrl } from '../../support/saml-input.ts';
import { xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const now = Date.UTC(2026, 10, 21, 10);
const plain: AuthnRequestInput = {
  id: '_request-1',
  now,
  issuer: spEntityId,
  destination: ssoUrl,
  acs: { url: acsUrl, binding: 'HTTP-POST' },
  forceAuthn: false,
};
const whole: AuthnRequestInput = {
  ...plain,
  acs: { url: acsUrl, binding: 'HTTP-Artifact' },
  forceAuthn: true,
  nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  authnContext: { comparison: 'minimum', classes: ['urn:a', 'urn:b'] },
};

describe('an AuthnRequest of ours', () => {
  it.each([
    ['plain', plain],
    ['with every wish', whole],
  ])('is valid by the OASIS schema: %s', async (_what, input) => {
    const signed = await signAuthnRequest(input, signerOf(makeKeyPair('ec'), 'ecdsa-sha256'));
    expect(xmllintValidate(signed, 'protocol')).toMatchObject({ accepted: true });
    expect(xmllintValidate(buildAuthnRequest(input), 'protocol')).toMatchObject({ accepted: true });
  });

  it('is signed by its key, as xmlsec1 sees it', async () => {
    const pair = makeKeyPair('rsa');
    expect(
      xmlsecVerify(await signAuthnRequest(whole, signerOf(pair, 'rsa-sha256')), pair.certificatePem),
    ).toMatchObject({
      accepted: true,
    });
  });

  it('asks for nothing but an answer where nothing is wished', () => {
    expect(parseAuthnRequest(parseXml(buildAuthnRequest(plain)))).toMatchObject({
      ...{ id: '_request-1', issuer: spEntityId, destination: ssoUrl, issueInstant: now, acsUrl },
      protocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
      forceAuthn: false,
      nameIdPolicy: { allowCreate: true },
    });
    expect(parseAuthnRequest(parseXml(buildAuthnRequest(plain)))).not.toHaveProperty('requestedAuthnContext');
  });

  it('carries every wish', () => {
    expect(parseAuthnRequest(parseXml(buildAuthnRequest(whole)))).toMatchObject({
      protocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact',
      forceAuthn: true,
      nameIdPolicy: { allowCreate: true, format: whole.nameIdFormat },
      requestedAuthnContext: { comparison: 'minimum', classRefs: ['urn:a', 'urn:b'] },
    });
  });
});
