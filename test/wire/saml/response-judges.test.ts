import { describe, expect, it } from 'vitest';
import type { SignatureAlgorithm } from '../../../src/spi/signer.ts';
import { statusCodes } from '../../../src/wire/saml/constants.ts';
import { buildIdpMetadata } from '../../../src/wire/saml/metadata-writer.ts';
import { issueResponse, issueStatusResponse } from '../../../src/wire/saml/response.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { child } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { metadataInput, responseInput } from '../../support/saml-input.ts';
import { xmllintExclusiveC14n, xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const now = Date.UTC(2026, 10, 21, 10, 0, 0);
const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
const responseSignature = "/*/*[local-name()='Signature']";
const assertionSignature = "/*/*[local-name()='Assertion']/*[local-name()='Signature']";

const pairs = { rsa: makeKeyPair('rsa'), ecdsa: makeKeyPair('ec') };
const algorithms: readonly SignatureAlgorithm[] = ['rsa-sha256', 'ecdsa-sha256'];

describe.each(algorithms)('what is issued with %s', (algorithm) => {
  const pair = algorithm.startsWith('rsa') ? pairs.rsa : pairs.ecdsa;
  const signer = signerOf(pair, algorithm);
  const keys = [pair.publicKey];

  describe.each([
    { sign: 'assertion', signatures: [assertionSignature] },
    { sign: 'response', signatures: [responseSignature] },
    { sign: 'both', signatures: [responseSignature, assertionSignature] },
  ] as const)('a Response with signature on $sign', ({ sign, signatures }) => {
    const issued = issueResponse(responseInput(now, { sign }), signer);

    it.each(signatures)('is verified by xmlsec1 at %s', async (xpath) => {
      expect(xmlsecVerify(await issued, pair.certificatePem, xpath)).toMatchObject({ accepted: true });
    });

    it('has no other signature', async () => {
      expect((await issued).split('<ds:Signature ').length - 1).toBe(signatures.length);
    });

    it("is valid against Debian's OASIS schemas", async () => {
      expect(xmllintValidate(await issued, 'protocol')).toMatchObject({ accepted: true });
    });

    it('is its own exclusive canonical form, as xmllint sees it', async () => {
      expect(xmllintExclusiveC14n(await issued)).toBe(await issued);
    });

    it('is its own canonical form, as our reader sees it', async () => {
      expect(canonicalize(parseXml(await issued))).toBe(await issued);
    });

    it('is verified by our own verifier', async () => {
      const root = parseXml(await issued);
      const assertion = child(root, saml, 'Assertion')!;
      const signed = sign === 'response' ? [root] : sign === 'assertion' ? [assertion] : [root, assertion];
      expect(signed.map((element) => verifyEnveloped(root, element, keys).localName)).toHaveLength(signatures.length);
    });
  });

  it('a changed Response is refused by xmlsec1, so that its word counts', async () => {
    const issued = await issueResponse(responseInput(now), signer);
    expect(xmlsecVerify(issued.replace('>mary<', '>mark<'), pair.certificatePem, assertionSignature)).toMatchObject({
      accepted: false,
    });
  });

  describe('a status Response', () => {
    const issued = issueStatusResponse(
      {
        responseId: '_response-1',
        now,
        issuer: 'https://idp.example.com',
        destination: 'https://sp.example.com/acs?a=1&b=2',
        inResponseTo: '_request-1',
        status: statusCodes.Responder,
        subStatus: statusCodes.NoPassive,
      },
      signer,
    );

    it('is verified by xmlsec1', async () => {
      expect(xmlsecVerify(await issued, pair.certificatePem, responseSignature)).toMatchObject({ accepted: true });
    });

    it("is valid against Debian's OASIS schemas", async () => {
      expect(xmllintValidate(await issued, 'protocol')).toMatchObject({ accepted: true });
    });

    it('is its own exclusive canonical form', async () => {
      expect(xmllintExclusiveC14n(await issued)).toBe(await issued);
    });
  });

  describe('metadata', () => {
    const issued = buildIdpMetadata(metadataInput([pairs.rsa.certificate, pairs.ecdsa.certificate], now), signer);

    it('is verified by xmlsec1', async () => {
      expect(xmlsecVerify(await issued, pair.certificatePem)).toMatchObject({ accepted: true });
    });

    it("is valid against Debian's OASIS schemas", async () => {
      expect(xmllintValidate(await issued, 'metadata')).toMatchObject({ accepted: true });
    });

    it('is its own exclusive canonical form', async () => {
      expect(xmllintExclusiveC14n(await issued)).toBe(await issued);
    });
  });
});

describe('a Response of the other hashes', () => {
  const other = makeKeyPair('ec-384');
  it.each([
    ['rsa-sha384', pairs.rsa],
    ['rsa-sha512', pairs.rsa],
    ['ecdsa-sha384', other],
    ['ecdsa-sha512', pairs.ecdsa],
  ] as const)('%s is verified by xmlsec1', async (algorithm, pair) => {
    const issued = await issueResponse(responseInput(now), signerOf(pair, algorithm));
    expect(xmlsecVerify(issued, pair.certificatePem)).toMatchObject({ accepted: true });
  });
});
