/** @module A Response whose NameID, or whose attributes, are encrypted each for itself: before the schemas, xmlsec1 and our own reader. */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nameIdFormats } from '../../../src/wire/saml/constants.ts';
import { issueResponse, type ResponseInput } from '../../../src/wire/saml/response.ts';
import { readResponse } from '../../../src/wire/saml/response-reader.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { encryptElement, type Recipient } from '../../../src/wire/xml/encrypt.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { runProgram } from '../../support/child-process.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { responseInput } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { xmllintExclusiveC14n, xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const now = Date.UTC(2026, 10, 22);
const idp = makeKeyPair('rsa');
const sp = makeKeyPair('rsa');
const signer = signerOf(idp, 'rsa-sha256');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-parts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const gcm: Recipient = { publicKey: sp.publicKey, cipher: 'aes256-gcm', transport: 'rsa-oaep-sha256' };
const encryptTo = (recipient: Recipient) => (xml: string) => encryptElement(xml, recipient, randomBytes);

const parts = {
  'the NameID': { encryptNameId: encryptTo(gcm) },
  'the attributes': { encryptAttributes: encryptTo(gcm) },
  both: { encryptNameId: encryptTo(gcm), encryptAttributes: encryptTo(gcm) },
} as const;
const containers: Readonly<Record<keyof typeof parts, readonly [number, number]>> = {
  'the NameID': [1, 0],
  'the attributes': [0, 2],
  both: [1, 2],
};
const issued = (part: keyof typeof parts, changes: Partial<ResponseInput> = {}) =>
  issueResponse(responseInput(now, { ...parts[part], ...changes }), signer);
const countOf = (xml: string, name: string) => xml.split(`<saml:${name}`).length - 1;
const trust = {
  keys: [idp.publicKey],
  decryption: { keys: [createPrivateKey(sp.privateKeyPem)], ciphers: ['aes128-gcm', 'aes256-gcm'] },
} as const;

describe.each(Object.keys(parts) as (keyof typeof parts)[])('with %s encrypted', (part) => {
  it('is valid against the OASIS schemas, and its own canonical form', async () => {
    const xml = await issued(part, { sign: 'both' });
    expect(xmllintValidate(xml, 'protocol')).toMatchObject({ accepted: true });
    expect(xmllintExclusiveC14n(xml)).toBe(xml);
    expect(canonicalize(parseXml(xml))).toBe(xml);
  });

  it('holds each part in a container of its own', async () => {
    const xml = await issued(part);
    expect([countOf(xml, 'EncryptedID'), countOf(xml, 'EncryptedAttribute')]).toEqual(containers[part]);
  });

  it('is signed over what was encrypted: xmlsec1 verifies it as it stands', async () => {
    expect(xmlsecVerify(await issued(part, { sign: 'assertion' }), idp.certificatePem)).toMatchObject({
      accepted: true,
    });
  });

  it('is read by our own reader', async () => {
    const { assertion } = readResponse(parseXml(await issued(part)), () => trust);
    expect(assertion?.nameId).toMatchObject({ value: 'mary', format: nameIdFormats.unspecified });
    expect(assertion?.attributes.map(({ values }) => values)).toEqual([
      ['admin', 'R&D <lab>'],
      ['Mary "M" Ångström 🎈'],
    ]);
  });

  it('is refused when one octet of the encrypted text is changed', async () => {
    const xml = (await issued(part)).replace(/(<\/ds:KeyInfo><xenc:CipherData><xenc:CipherValue>)(.)/, (_, at, one) =>
      one === 'A' ? `${at}B` : `${at}A`,
    );
    expect(refusalOf(() => readResponse(parseXml(xml), () => trust))).toBe('ERR_XML_SIGNATURE');
  });
});

it('with the NameID encrypted says nothing of the name in the clear', async () => {
  expect(await issued('the NameID', { attributes: [] })).not.toContain('mary');
});

it('with the attributes encrypted says neither names nor values of them in the clear', async () => {
  expect(await issued('the attributes')).not.toMatch(/admin|Role|Ångström|FriendlyName/);
});

it.each(['aes128-gcm', 'aes256-gcm', 'aes128-cbc', 'aes256-cbc'] as const)(
  '%s is decrypted by xmlsec1',
  async (cipher) => {
    const encrypt = encryptTo({ publicKey: sp.publicKey, cipher, transport: 'rsa-oaep-sha1' });
    writeFileSync(join(folder, 'key.pem'), sp.privateKeyPem);
    let xml = await issued('both', { encryptNameId: encrypt, encryptAttributes: encrypt });
    for (let left = 3; left > 0; left -= 1) {
      writeFileSync(join(folder, 'response.xml'), xml);
      const key = ['--privkey-pem', join(folder, 'key.pem')];
      const done = await runProgram('xmlsec1', ['--decrypt', ...key, join(folder, 'response.xml')]);
      expect(done).toMatchObject({ code: 0 });
      xml = done.output;
    }
    expect(xml).toContain('>mary</saml:NameID>');
    expect(xml).toContain('<saml:AttributeValue>admin</saml:AttributeValue>');
    expect(xml).not.toContain('EncryptedData');
  },
);
