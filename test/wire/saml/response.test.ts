import { describe, expect, it } from 'vitest';
import { statusCodes } from '../../../src/wire/saml/constants.ts';
import { issueResponse, issueStatusResponse, type ResponseInput } from '../../../src/wire/saml/response.ts';
import { attribute, child, childElements, textOf, type XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { responseInput } from '../../support/saml-input.ts';
import { rejectionOf } from '../../support/thrown-code.ts';

const now = Date.UTC(2026, 10, 21, 10, 0, 0);
const signer = signerOf(makeKeyPair('ec'), 'ecdsa-sha256');
const issue = async (changes?: Partial<ResponseInput>) =>
  parseXml(await issueResponse(responseInput(now, changes), signer));

/** The element at the end of a path of local names. */
const at = (root: XmlElement, path: string): XmlElement =>
  path.split('/').reduce((element, name) => childElements(element).find((one) => one.localName === name)!, root);

describe('a Response', () => {
  it('says to whom, when and in answer to what', async () => {
    const root = await issue();
    expect(
      ['Destination', 'ID', 'InResponseTo', 'IssueInstant', 'Version'].map((name) => attribute(root, name)),
    ).toEqual(['https://sp.example.com/acs', '_response-1', '_request-1', '2026-11-21T10:00:00.000Z', '2.0']);
  });

  it('says nowhere what it answers when nobody asked', async () => {
    const { inResponseTo: _left, ...unsolicited } = responseInput(now);
    expect(await issueResponse(unsolicited, signer)).not.toContain('InResponseTo');
  });

  it('is a success', async () => {
    expect(attribute(at(await issue(), 'Status/StatusCode'), 'Value')).toBe(statusCodes.Success);
  });

  it('names the person', async () => {
    expect(textOf(at(await issue(), 'Assertion/Subject/NameID'))).toBe('mary');
  });

  it('is good for one recipient, for a while, in answer to one request', async () => {
    const data = at(await issue(), 'Assertion/Subject/SubjectConfirmation/SubjectConfirmationData');
    expect(['Recipient', 'NotOnOrAfter', 'InResponseTo', 'NotBefore'].map((name) => attribute(data, name))).toEqual([
      'https://sp.example.com/acs',
      '2026-11-21T10:05:00.000Z',
      '_request-1',
      undefined,
    ]);
  });

  it('is for one audience', async () => {
    expect(textOf(at(await issue(), 'Assertion/Conditions/AudienceRestriction/Audience'))).toBe(
      'https://sp.example.com/metadata',
    );
  });

  it('says when and how the person signed in, and when the session ends', async () => {
    const statement = at(await issue(), 'Assertion/AuthnStatement');
    expect(['AuthnInstant', 'SessionIndex', 'SessionNotOnOrAfter'].map((name) => attribute(statement, name))).toEqual([
      '2026-11-21T09:59:00.000Z',
      '_session-1',
      '2026-11-21T18:00:00.000Z',
    ]);
  });

  it('has an attribute for each that has values, with all of them', async () => {
    const attributes = childElements(at(await issue(), 'Assertion/AttributeStatement'));
    expect(attributes.map((one) => [attribute(one, 'Name'), ...childElements(one).map(textOf)])).toEqual([
      ['Role', 'admin', 'R&D <lab>'],
      ['urn:oid:2.5.4.3', 'Mary "M" Ångström 🎈'],
    ]);
  });

  it('has no empty attribute statement', async () => {
    expect(
      child(
        at(await issue({ attributes: [] }), 'Assertion'),
        'urn:oasis:names:tc:SAML:2.0:assertion',
        'AttributeStatement',
      ),
    ).toBeUndefined();
  });

  it('writes the line ends of a value as XML has them', async () => {
    const address = { name: 'postalAddress', nameFormat: 'urn:x', values: ['1 Road\r\nTown\rLand'] };
    expect(
      textOf(at(await issue({ attributes: [address] }), 'Assertion/AttributeStatement/Attribute/AttributeValue')),
    ).toBe('1 Road\nTown\nLand');
  });

  it.each(['\u0000', '\r', '\uD800'])('is not issued for a name with the character %j', async (character) => {
    const nameId = { format: 'urn:x', value: `mary${character}` };
    expect(await rejectionOf(issueResponse(responseInput(now, { nameId }), signer))).toBe('ERR_XML_FORBIDDEN');
  });

  it('takes markup in a name for text', async () => {
    const value = '</saml:NameID><saml:NameID>admin';
    const root = await issue({ nameId: { format: 'urn:x', value } });
    expect(childElements(at(root, 'Assertion/Subject')).map(textOf)[0]).toBe(value);
  });

  it('signs once for each element that is to be signed', async () => {
    let signatures = 0;
    const sign = (data: Uint8Array) => {
      signatures += 1;
      return signer.sign(data);
    };
    const counting = { ...signer, sign };
    await issueResponse(responseInput(now, { sign: 'assertion' }), counting);
    await issueResponse(responseInput(now, { sign: 'response' }), counting);
    await issueResponse(responseInput(now, { sign: 'both' }), counting);
    expect(signatures).toBe(4);
  });
});

describe('a status Response', () => {
  const input = {
    responseId: '_1',
    now,
    issuer: 'https://idp',
    destination: 'https://sp/acs',
    status: statusCodes.Responder,
  };

  it('has a status of two levels', async () => {
    const root = parseXml(await issueStatusResponse({ ...input, subStatus: statusCodes.NoPassive }, signer));
    expect(
      [at(root, 'Status/StatusCode'), at(root, 'Status/StatusCode/StatusCode')].map((one) => attribute(one, 'Value')),
    ).toEqual([statusCodes.Responder, statusCodes.NoPassive]);
  });

  it('has no assertion', async () => {
    expect(await issueStatusResponse(input, signer)).not.toContain('Assertion');
  });
});
