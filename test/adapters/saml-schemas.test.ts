import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadSamlSchemas, type SchemaKind } from '../../src/adapters/saml-schemas.ts';
import { buildIdpMetadata } from '../../src/wire/saml/metadata-writer.ts';
import { issueResponse } from '../../src/wire/saml/response.ts';
import { makeKeyPair, signerOf } from '../support/keys.ts';
import { metadataInput, responseInput, signedAuthnRequest } from '../support/saml-input.ts';
import { refusalOf, rejectionOf } from '../support/thrown-code.ts';

const folder = fileURLToPath(new URL('../../schemas', import.meta.url));
const schemas = await loadSamlSchemas(folder, ['protocol', 'metadata']);
const pair = makeKeyPair('ec');
const signer = signerOf(pair, 'ecdsa-sha256');
const request = await signedAuthnRequest(signer);
const refusal = (kind: SchemaKind, xml: string) => refusalOf(() => schemas.validate(kind, xml));

describe('the schema wall', () => {
  it('lets a signed AuthnRequest through', () => {
    expect(refusal('protocol', request)).toBeUndefined();
  });

  it('lets a Response through', async () => {
    expect(refusal('protocol', await issueResponse(responseInput(0, { sign: 'both' }), signer))).toBeUndefined();
  });

  it('lets metadata through', async () => {
    expect(refusal('metadata', await buildIdpMetadata(metadataInput([pair.certificate], 0), signer))).toBeUndefined();
  });

  it.each([
    ['an element that does not belong there', request.replace('</saml:Issuer>', '</saml:Issuer><x></x>')],
    [
      'elements in another order',
      request.replace(/(<saml:Issuer.*<\/saml:Issuer>)(<ds:Signature .*<\/ds:Signature>)/, '$2$1'),
    ],
    ['a missing attribute', request.replace(' Version="2.0"', '')],
    ['a flag that is neither', request.replace('ForceAuthn="true"', 'ForceAuthn="maybe"')],
    ['an instant that is none', request.replace('2026-11-21T', '2026-11-31T')],
    ['a root that no schema knows', '<a/>'],
    ['markup that is not well formed', '<a>'],
    ['nothing in it', ''],
    ['a document type', `<!DOCTYPE x>${request}`],
    [
      'an entity in a document type',
      `<!DOCTYPE x [<!ENTITY e "2.0">]>${request.replace('Version="2.0"', 'Version="&e;"')}`,
    ],
    [
      'an external entity',
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>${request.replace('</saml:Issuer>', '&e;</saml:Issuer>')}`,
    ],
  ])('refuses a document with %s', (_what, xml) => {
    expect(xml).not.toBe(request);
    expect(refusal('protocol', xml)).toBe('ERR_XML_SCHEMA');
  });

  it('refuses metadata where a message belongs', async () => {
    expect(refusal('protocol', await buildIdpMetadata(metadataInput([pair.certificate], 0), signer))).toBe(
      'ERR_XML_SCHEMA',
    );
  });

  it('says where the fault is, in one line that shows what the message holds', () => {
    const xml = request.replace('ForceAuthn="true"', 'ForceAuthn="&#10;é"');
    expect(() => schemas.validate('protocol', xml)).toThrow(
      expect.objectContaining({
        facts: { kind: 'protocol', line: 1, detail: expect.stringContaining("'\\u{a}é'") },
      }),
    );
  });

  it('is still there after many documents', () => {
    for (let i = 0; i < 200; i += 1) refusal('protocol', i % 2 === 0 ? request : '<a>');
    expect(refusal('protocol', request)).toBeUndefined();
  });

  it('has compiled only what it was asked for', async () => {
    const messages = await loadSamlSchemas(folder);
    expect(() => messages.validate('metadata', '<a/>')).toThrow('not asked for');
  });

  it('cannot be built without its schemas', async () => {
    expect(await rejectionOf(loadSamlSchemas(`${folder}/none`))).toBe('ERR_CONFIG_UNREADABLE');
  });
});
