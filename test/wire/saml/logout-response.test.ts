import { describe, expect, it } from 'vitest';
import {
  buildLogoutResponse,
  type LogoutResponseInput,
  parseLogoutResponse,
  signLogoutResponse,
} from '../../../src/wire/saml/logout-response.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const pair = makeKeyPair('rsa');
const input: LogoutResponseInput = {
  id: '_answer-1',
  now: Date.UTC(2026, 0, 1),
  issuer: 'https://idp.example.com/saml/idp',
  destination: 'https://sp.example.com/slo',
  inResponseTo: '_logout-1',
  status: 'Success',
};
const status = (last: string) => `urn:oasis:names:tc:SAML:2.0:status:${last}`;
const parse = (xml: string) => parseLogoutResponse(parseXml(xml));

describe('a LogoutResponse that we write', () => {
  it.each(['Success', 'PartialLogout', 'UnknownPrincipal'] as const)(
    'with the status %s is valid, and xmlsec1 verifies it',
    async (one) => {
      const xml = await signLogoutResponse({ ...input, status: one }, signerOf(pair, 'rsa-sha256'));
      expect(xmlsecVerify(xml, pair.certificatePem)).toMatchObject({ accepted: true });
      expect(xmllintValidate(xml, 'protocol')).toMatchObject({ accepted: true });
    },
  );

  it.each([
    ['Success', 'Success', undefined],
    ['PartialLogout', 'Success', 'PartialLogout'],
    ['UnknownPrincipal', 'Requester', 'UnknownPrincipal'],
  ] as const)('says %s in two levels', (one, first, second) => {
    const read = parse(buildLogoutResponse({ ...input, status: one }));
    expect([read.status, read.subStatus]).toEqual([status(first), second && status(second)]);
  });

  it('is read as what it was written from', () => {
    const { now: issueInstant, ...rest } = input;
    expect(parse(buildLogoutResponse(input))).toEqual({
      ...rest,
      issueInstant,
      status: status('Success'),
      hasSignature: false,
    });
  });
});

describe('a LogoutResponse that is read', () => {
  it.each([
    ['is another message', /samlp:LogoutResponse/g, 'samlp:Response', 'ERR_SAML_MALFORMED'],
    ['does not say what it answers', 'InResponseTo="_logout-1"', '', 'ERR_SAML_MALFORMED'],
    ['has no status', /<samlp:Status>.*<\/samlp:Status>/, '', 'ERR_SAML_MALFORMED'],
    ['has two statuses', /(<samlp:Status>.*<\/samlp:Status>)/, '$1$1', 'ERR_SAML_MALFORMED'],
    ['has a status without a value', /Value="[^"]*"/, '', 'ERR_SAML_MALFORMED'],
    ['is of another version', 'Version="2.0"', 'Version="2.1"', 'ERR_SAML_UNSUPPORTED'],
  ])('is refused when it %s', (_, from, to, code) => {
    expect(refusalOf(() => parse(buildLogoutResponse(input).replace(from, to)))).toBe(code);
  });
});
