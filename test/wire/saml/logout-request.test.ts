import { createPrivateKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  buildLogoutRequest,
  type LogoutRequestInput,
  nameOf,
  parseLogoutRequest,
  signLogoutRequest,
} from '../../../src/wire/saml/logout-request.ts';
import { encryptElement } from '../../../src/wire/xml/encrypt.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const rsa = makeKeyPair('rsa');
const now = Date.UTC(2026, 0, 1);
const input: LogoutRequestInput = {
  id: '_logout-1',
  now,
  issuer: 'https://idp.example.com/saml/idp',
  destination: 'https://sp.example.com/slo',
  notOnOrAfter: now + 60_000,
  name: { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified', value: 'mary & <co>' },
  sessionIndex: '_session-1',
};
const parse = (xml: string) => parseLogoutRequest(parseXml(xml));
const encrypted = { ...input, encrypt: (nameId: string) => encryptElement(nameId, recipient, randomBytes) };
const recipient = { publicKey: rsa.publicKey, cipher: 'aes256-gcm', transport: 'rsa-oaep-sha256' } as const;
const decryption = { keys: [createPrivateKey(rsa.privateKeyPem)], ciphers: ['aes256-gcm'] } as const;

describe('a LogoutRequest that we write', () => {
  it.each([
    ['rsa-sha256', rsa],
    ['ecdsa-sha256', makeKeyPair('ec')],
  ] as const)('has a signature by %s that xmlsec1 verifies, and is valid', async (algorithm, pair) => {
    const xml = await signLogoutRequest(input, signerOf(pair, algorithm));
    expect(xmlsecVerify(xml, pair.certificatePem)).toMatchObject({ accepted: true });
    expect(xmllintValidate(xml, 'protocol')).toMatchObject({ accepted: true });
  });

  it.each([
    ['without a signature', input],
    ['without a session index', (({ sessionIndex: _, ...rest }) => rest)(input)],
    ['with an encrypted name', encrypted],
  ])('is valid %s', (_, one) => {
    expect(xmllintValidate(buildLogoutRequest(one), 'protocol')).toMatchObject({ accepted: true });
  });

  it('is read as what it was written from', () => {
    const { encrypt: _, now: issueInstant, sessionIndex, ...rest } = { ...input, encrypt: undefined };
    expect(parse(buildLogoutRequest(input))).toEqual({
      ...rest,
      issueInstant,
      sessionIndexes: [sessionIndex],
      hasSignature: false,
    });
  });

  it('does not show a name that is encrypted, and whoever has the key reads it', async () => {
    const xml = await signLogoutRequest(encrypted, signerOf(rsa, 'rsa-sha256'));
    expect(xml).not.toContain('mary');
    const root = parseXml(xml);
    expect(nameOf(parseLogoutRequest(verifyEnveloped(root, root, [rsa.publicKey])), decryption)).toEqual(input.name);
  });
});

describe('a LogoutRequest that is read', () => {
  const written = buildLogoutRequest(input);
  const changed = (from: string | RegExp, to: string) => {
    const xml = written.replace(from, to);
    if (xml === written) throw new Error('nothing was changed');
    return refusalOf(() => parse(xml));
  };

  it.each([
    ['is another message', /samlp:LogoutRequest/g, 'samlp:AuthnRequest', 'ERR_SAML_MALFORMED'],
    ['is of another version', 'Version="2.0"', 'Version="1.1"', 'ERR_SAML_UNSUPPORTED'],
    ['has no name', /<saml:NameID .*<\/saml:NameID>/, '', 'ERR_SAML_MALFORMED'],
    ['has two names', /(<saml:NameID .*<\/saml:NameID>)/, '$1$1', 'ERR_SAML_MALFORMED'],
    [
      'has a name in the clear and an encrypted one',
      '</saml:NameID>',
      '</saml:NameID><saml:EncryptedID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
      'ERR_SAML_MALFORMED',
    ],
    ['has an empty name', /mary &amp; &lt;co&gt;/, '', 'ERR_SAML_MALFORMED'],
    ['has a name with an element in it', 'mary', 'mary<b/>', 'ERR_SAML_MALFORMED'],
    [
      'names by BaseID',
      '<samlp:SessionIndex>',
      '<saml:BaseID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/><samlp:SessionIndex>',
      'ERR_SAML_UNSUPPORTED',
    ],
    ['has an empty session index', '_session-1', ' ', 'ERR_SAML_MALFORMED'],
    [
      'has a NotOnOrAfter without a zone',
      'NotOnOrAfter="2026-01-01T00:01:00.000Z"',
      'NotOnOrAfter="2026-01-01T00:01:00"',
      'ERR_SAML_MALFORMED',
    ],
    ['has no ID', 'ID="_logout-1"', '', 'ERR_SAML_MALFORMED'],
    ['has no issuer', /<saml:Issuer.*<\/saml:Issuer>/, '', 'ERR_SAML_MALFORMED'],
  ])('is refused when it %s', (_, from, to, code) => {
    expect(changed(from, to)).toBe(code);
  });

  it('is refused with more session indexes than anybody has', () => {
    expect(
      changed(
        '</samlp:SessionIndex>',
        `</samlp:SessionIndex>${'<samlp:SessionIndex>x</samlp:SessionIndex>'.repeat(32)}`,
      ),
    ).toBe('ERR_SAML_MALFORMED');
  });

  it('has a whole name also where a comment stands in it', () => {
    const xml = written.replace('mary', 'admin<!-- -->.evil');
    expect(parse(xml).name?.value).toBe('admin.evil & <co>');
  });

  it('whose name is encrypted for somebody else cannot be read', () => {
    const other = [createPrivateKey(makeKeyPair('rsa').privateKeyPem)];
    expect(refusalOf(() => nameOf(parse(buildLogoutRequest(encrypted)), { ...decryption, keys: other }))).toBe(
      'ERR_XML_ENCRYPTION',
    );
  });

  it('is refused when what is encrypted is something else than a name', () => {
    const other = { ...input, encrypt: () => encryptElement('<a></a>', recipient, randomBytes) };
    expect(refusalOf(() => nameOf(parse(buildLogoutRequest(other)), decryption))).toBe('ERR_SAML_MALFORMED');
  });
});
