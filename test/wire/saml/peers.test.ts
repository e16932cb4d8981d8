import { join } from 'node:path';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import * as samlify from 'samlify';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSamlSchemas } from '../../../src/adapters/saml-schemas.ts';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { decodePost, decodeRedirect, verifyRedirectSignature } from '../../../src/wire/saml/bindings.ts';
import { readMetadata } from '../../../src/wire/saml/metadata-reader.ts';
import { buildIdpMetadata } from '../../../src/wire/saml/metadata-writer.ts';
import { issueResponse } from '../../../src/wire/saml/response.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { acsUrl, idpEntityId, metadataInput, responseInput, spEntityId, ssoUrl } from '../../support/saml-input.ts';

/** The peers read the machine's clock. */
const now = Date.now();
const idp = makeKeyPair('rsa');
const sp = makeKeyPair('rsa');
const signer = signerOf(idp, 'rsa-sha256');
const signs = ['assertion', 'response', 'both'] as const;
const issued = async (sign: (typeof signs)[number]) => {
  const { inResponseTo: _left, ...unsolicited } = responseInput(now, { sign });
  return Buffer.from(await issueResponse(unsolicited, signer)).toString('base64');
};

describe('node-saml as service provider', () => {
  const peer = (changes: object = {}) =>
    new SAML({
      callbackUrl: acsUrl,
      issuer: spEntityId,
      entryPoint: ssoUrl,
      idpCert: idp.certificatePem,
      idpIssuer: idpEntityId,
      privateKey: sp.privateKeyPem,
      publicCert: sp.certificatePem,
      signatureAlgorithm: 'sha256',
      digestAlgorithm: 'sha256',
      wantAssertionsSigned: false,
      wantAuthnResponseSigned: false,
      validateInResponseTo: ValidateInResponseTo.never,
      ...changes,
    });

  it.each(signs)('accepts a Response signed on %s', async (sign) => {
    const wants = { wantAssertionsSigned: sign !== 'response', wantAuthnResponseSigned: sign !== 'assertion' };
    const { profile } = await peer(wants).validatePostResponseAsync({ SAMLResponse: await issued(sign) });
    expect(profile).toMatchObject({
      nameID: 'mary',
      issuer: idpEntityId,
      sessionIndex: '_session-1',
      attributes: { Role: ['admin', 'R&D <lab>'], 'urn:oid:2.5.4.3': 'Mary "M" Ångström 🎈' },
    });
  });

  it('refuses it with the certificate of somebody else', async () => {
    const stranger = peer({ idpCert: sp.certificatePem });
    await expect(stranger.validatePostResponseAsync({ SAMLResponse: await issued('both') })).rejects.toThrow();
  });

  it('is understood when it asks by redirect', async () => {
    // No space: node-saml signs it as %20 and sends it as a plus sign, so its own signature breaks.
    const url = await peer({ forceAuthn: true }).getAuthorizeUrlAsync('https://sp/?a=b', undefined, {});
    const decoded = decodeRedirect(url.slice(url.indexOf('?') + 1));
    verifyRedirectSignature(decoded.signature!, [sp.publicKey]);
    expect(decoded.relayState).toBe('https://sp/?a=b');
    expect(parseAuthnRequest(parseXml(decoded.xml))).toMatchObject({
      issuer: spEntityId,
      acsUrl,
      destination: ssoUrl,
      forceAuthn: true,
    });
  });

  it('is understood when it asks by form', async () => {
    const message = await peer({
      authnRequestBinding: 'HTTP-POST',
      skipRequestCompression: true,
    }).getAuthorizeMessageAsync('');
    const root = parseXml(decodePost(String(message['SAMLRequest'])));
    expect(parseAuthnRequest(verifyEnveloped(root, root, [sp.publicKey]))).toMatchObject({
      issuer: spEntityId,
      acsUrl,
    });
  });

  it('is understood in its metadata', () => {
    const [metadata] = readMetadata(peer().generateServiceProviderMetadata(null, sp.certificatePem));
    expect(metadata).toMatchObject({
      entityId: spEntityId,
      assertionConsumerServices: [{ binding: 'HTTP-POST', location: acsUrl, index: 1, isDefault: true }],
    });
    expect(metadata!.signingKeys[0]!.equals(sp.publicKey)).toBe(true);
  });
});

describe('samlify as service provider', async () => {
  const idpMetadata = await buildIdpMetadata(metadataInput([idp.certificate], now + 3600_000), signer);
  const identityProvider = samlify.IdentityProvider({ metadata: idpMetadata });
  const provider = (wantMessageSigned: boolean) =>
    samlify.ServiceProvider({
      entityID: spEntityId,
      authnRequestsSigned: false,
      wantAssertionsSigned: !wantMessageSigned,
      wantMessageSigned,
      assertionConsumerService: [{ Binding: samlify.Constants.namespace.binding.post, Location: acsUrl }],
    });

  beforeAll(async () => {
    const schemas = await loadSamlSchemas(join(import.meta.dirname, '../../../schemas'), ['protocol', 'metadata']);
    samlify.setSchemaValidator({
      async validate(xml) {
        schemas.validate(xml.includes('EntityDescriptor') ? 'metadata' : 'protocol', xml);
        return 'valid';
      },
    });
  });

  it.each(signs)('accepts a Response signed on %s', async (sign) => {
    const peer = provider(sign !== 'assertion');
    const { extract } = await peer.parseLoginResponse(identityProvider, 'post', {
      body: { SAMLResponse: await issued(sign) },
    });
    expect(extract).toMatchObject({
      nameID: 'mary',
      attributes: { Role: ['admin', 'R&D <lab>'], 'urn:oid:2.5.4.3': 'Mary "M" Ångström 🎈' },
    });
  });

  it('refuses a Response that was changed', async () => {
    const changed = Buffer.from(
      Buffer.from(await issued('assertion'), 'base64')
        .toString()
        .replace('>mary<', '>mark<'),
    ).toString('base64');
    await expect(
      provider(false).parseLoginResponse(identityProvider, 'post', { body: { SAMLResponse: changed } }),
    ).rejects.toThrow();
  });

  it('is understood when it asks by redirect', () => {
    const { context } = provider(false).createLoginRequest(identityProvider, 'redirect');
    const decoded = decodeRedirect(context.slice(context.indexOf('?') + 1));
    expect(parseAuthnRequest(parseXml(decoded.xml))).toMatchObject({ issuer: spEntityId, acsUrl, destination: ssoUrl });
  });

  it('is understood in its metadata', () => {
    expect(readMetadata(provider(false).getMetadata())[0]).toMatchObject({
      entityId: spEntityId,
      wantAssertionsSigned: true,
    });
  });
});
