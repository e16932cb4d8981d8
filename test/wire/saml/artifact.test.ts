import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buildArtifact, parseArtifact, sourceIdOf } from '../../../src/wire/saml/artifact.ts';
import { parseArtifactResolve, signArtifactResponse } from '../../../src/wire/saml/artifact-messages.ts';
import { issueResponse } from '../../../src/wire/saml/response.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { responseInput } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { xmllintExclusiveC14n, xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const handle = new Uint8Array(20).fill(7);
const sourceId = sourceIdOf('https://idp.example.com/saml/idp');

describe('an artifact of type 4', () => {
  it('is type, index, source and handle', () => {
    const bytes = Buffer.from(buildArtifact({ endpointIndex: 258, sourceId, handle }), 'base64');
    expect(bytes.toString('hex')).toBe(
      `00040102${createHash('sha1').update('https://idp.example.com/saml/idp').digest('hex')}${'07'.repeat(20)}`,
    );
  });

  it('is read as it was written', () => {
    const artifact = parseArtifact(buildArtifact({ endpointIndex: 3, sourceId, handle }));
    expect(artifact?.endpointIndex).toBe(3);
    expect(Buffer.from(artifact?.handle ?? [])).toEqual(Buffer.from(handle));
    expect(Buffer.from(artifact?.sourceId ?? [])).toEqual(Buffer.from(sourceId));
  });

  it.each([
    ['nothing', ''],
    ['what is no base64', '!'],
    ['a shorter one', Buffer.alloc(43).toString('base64')],
    ['one of another type', Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(42)]).toString('base64')],
  ])('is not %s', (_what, text) => {
    expect(parseArtifact(text)).toBeUndefined();
  });
});

const resolveXml = (content: string) =>
  `<samlp:ArtifactResolve xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" IssueInstant="2026-11-21T10:00:00Z" Version="2.0"><saml:Issuer>urn:sp</saml:Issuer>${content}</samlp:ArtifactResolve>`;

describe('an ArtifactResolve', () => {
  it('is read', () => {
    const request = parseArtifactResolve(parseXml(resolveXml('<samlp:Artifact> AAQ= </samlp:Artifact>')));
    expect(request).toMatchObject({ id: '_1', issuer: 'urn:sp', artifact: 'AAQ=', hasSignature: false });
  });

  it.each([
    '',
    '<samlp:Artifact>a</samlp:Artifact><samlp:Artifact>b</samlp:Artifact>',
    '<samlp:Artifact><x/></samlp:Artifact>',
  ])('holds one artifact: %s', (content) => {
    expect(refusalOf(() => parseArtifactResolve(parseXml(resolveXml(content))))).toBe('ERR_SAML_MALFORMED');
  });
});

describe('an ArtifactResponse', () => {
  const pair = makeKeyPair('ec');
  const signer = signerOf(pair, 'ecdsa-sha256');
  const now = Date.UTC(2026, 10, 21, 10);
  const base = { id: '_art-1', now, issuer: 'https://idp.example.com/saml/idp', inResponseTo: '_1' };
  const outside = "/*/*[local-name()='Signature']";
  const inside = "/*/*[local-name()='Response']/*[local-name()='Signature']";

  it('with a signed Response in it is verified by xmlsec1 at both signatures, and valid', async () => {
    const message = await issueResponse(responseInput(now, { sign: 'response' }), signer);
    const xml = await signArtifactResponse({ ...base, message }, signer);
    for (const xpath of [outside, inside]) {
      expect(xmlsecVerify(xml, pair.certificatePem, xpath)).toMatchObject({ accepted: true });
    }
    expect(xmllintValidate(xml, 'protocol')).toMatchObject({ accepted: true });
    expect(xmllintExclusiveC14n(xml)).toBe(xml);
    expect(canonicalize(parseXml(xml))).toBe(xml);
  });

  it('without a message is a success, signed and valid', async () => {
    const xml = await signArtifactResponse({ ...base, message: undefined }, signer);
    expect(xmlsecVerify(xml, pair.certificatePem, outside)).toMatchObject({ accepted: true });
    expect(xmllintValidate(xml, 'protocol')).toMatchObject({ accepted: true });
    expect(xml).toContain('status:Success');
  });
});
