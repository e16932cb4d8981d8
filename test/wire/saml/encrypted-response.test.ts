/** @module A Response with an encrypted assertion, before the schemas, xmlsec1, node-saml and our own reader. */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { afterAll, describe, expect, it } from 'vitest';
import type { KeyTransport } from '../../../src/spi/xml-encryption.ts';
import { issueResponse } from '../../../src/wire/saml/response.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { decryptElement } from '../../../src/wire/xml/decrypt.ts';
import { child } from '../../../src/wire/xml/element.ts';
import { encryptElement } from '../../../src/wire/xml/encrypt.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { runProgram } from '../../support/child-process.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { acsUrl, idpEntityId, responseInput, spEntityId, ssoUrl } from '../../support/saml-input.ts';
import { xmllintExclusiveC14n, xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
/** node-saml reads the machine's clock. */
const now = Date.now();
const idp = makeKeyPair('rsa');
const sp = makeKeyPair('rsa');
const signer = signerOf(idp, 'rsa-sha256');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-encrypted-'));
afterAll(() => rmSync(folder, { recursive: true }));

const issued = (sign: 'assertion' | 'response' | 'both', transport: KeyTransport = 'rsa-oaep-sha256') => {
  const { inResponseTo: _left, ...unsolicited } = responseInput(now, { sign });
  const recipient = { publicKey: sp.publicKey, cipher: 'aes256-gcm', transport } as const;
  return issueResponse({ ...unsolicited, encrypt: (xml) => encryptElement(xml, recipient, randomBytes) }, signer);
};

describe.each(['assertion', 'response', 'both'] as const)('signed on %s', (sign) => {
  it('is valid against the OASIS schemas', async () => {
    expect(xmllintValidate(await issued(sign), 'protocol')).toMatchObject({ accepted: true });
  });

  it('is its own canonical form', async () => {
    const xml = await issued(sign);
    expect(xmllintExclusiveC14n(xml)).toBe(xml);
    expect(canonicalize(parseXml(xml))).toBe(xml);
  });

  it('says nothing of the person in the clear', async () => {
    expect(await issued(sign)).not.toMatch(/mary|admin|Subject/);
  });

  it('holds, decrypted by xmlsec1, what xmlsec1 verifies', async () => {
    writeFileSync(join(folder, 'key.pem'), sp.privateKeyPem);
    writeFileSync(join(folder, 'response.xml'), await issued(sign, 'rsa-oaep-sha1'));
    const key = ['--privkey-pem', join(folder, 'key.pem')];
    const { output, code } = await runProgram('xmlsec1', ['--decrypt', ...key, join(folder, 'response.xml')]);
    expect(code).toBe(0);
    // A signature on the Response covers the encrypted form.
    const place = "//*[local-name()='Assertion']/*[local-name()='Signature']";
    const verdict = sign === 'response' ? { accepted: true } : xmlsecVerify(output, idp.certificatePem, place);
    expect(output).toContain('mary');
    expect(verdict).toMatchObject({ accepted: true });
  });

  it('is decrypted and verified by our own readers', async () => {
    const root = parseXml(await issued(sign));
    if (sign !== 'assertion') verifyEnveloped(root, root, [idp.publicKey]);
    const keys = [createPrivateKey(sp.privateKeyPem)];
    const inside = parseXml(
      decryptElement(child(root, saml, 'EncryptedAssertion')!, { keys, ciphers: ['aes256-gcm'] }),
    );
    const assertion = sign === 'response' ? inside : verifyEnveloped(inside, inside, [idp.publicKey]);
    expect(canonicalize(assertion)).toContain('>mary<');
  });

  it('is accepted by node-saml', async () => {
    const peer = new SAML({
      callbackUrl: acsUrl,
      issuer: spEntityId,
      entryPoint: ssoUrl,
      idpCert: idp.certificatePem,
      idpIssuer: idpEntityId,
      decryptionPvk: sp.privateKeyPem,
      wantAssertionsSigned: sign !== 'response',
      wantAuthnResponseSigned: sign !== 'assertion',
      validateInResponseTo: ValidateInResponseTo.never,
    });
    const SAMLResponse = Buffer.from(await issued(sign, 'rsa-oaep-sha1')).toString('base64');
    const { profile } = await peer.validatePostResponseAsync({ SAMLResponse });
    expect(profile).toMatchObject({ nameID: 'mary' });
  });
});
