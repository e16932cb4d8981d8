/** @module Every rule by which a LogoutRequest is accepted or refused, one at a time; nothing of a server around it. */
import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { loadSamlSchemas } from '../../src/adapters/saml-schemas.ts';
import { fixedPartners } from '../../src/metadata/partners.ts';
import { createPartner } from '../../src/protocols/saml-idp/partner.ts';
import { createLogoutReader, maxLogoutAgeMs } from '../../src/saml/logout-request-reader.ts';
import { createRequestUse } from '../../src/saml/request-use.ts';
import { decodeRedirect } from '../../src/wire/saml/bindings.ts';
import { buildLogoutRequest, type LogoutRequestInput, signLogoutRequest } from '../../src/wire/saml/logout-request.ts';
import { buildRedirectUrl } from '../../src/wire/saml/redirect-writer.ts';
import { readSoap, writeSoap } from '../../src/wire/saml/soap.ts';
import { encryptElement } from '../../src/wire/xml/encrypt.ts';
import { parseXml } from '../../src/wire/xml/parse.ts';
import { createFakeClock, FAKE_START } from '../support/fake-clock.ts';
import { makeKeyPair, signerOf } from '../support/keys.ts';
import { acsUrl, sloUrl, spEntityId } from '../support/saml-input.ts';
import { rejectionOf } from '../support/thrown-code.ts';

const pair = makeKeyPair('rsa');
const stranger = makeKeyPair('rsa');
const signer = signerOf(pair, 'rsa-sha256');
const skew = 60_000;
const schemas = await loadSamlSchemas('schemas');
const input: LogoutRequestInput = {
  id: '_1',
  now: FAKE_START,
  issuer: spEntityId,
  destination: sloUrl,
  notOnOrAfter: FAKE_START + 60_000,
  name: { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified', value: 'eric' },
  sessionIndex: '_s',
};

function open({ keys = [pair.publicKey], validUntil }: { keys?: readonly KeyObject[]; validUntil?: number } = {}) {
  const clock = createFakeClock();
  const partner = createPartner(
    {
      entityId: spEntityId,
      ...(validUntil === undefined ? {} : { validUntil }),
      signingKeys: keys,
      encryptionKeys: [],
      assertionConsumerServices: [{ binding: 'HTTP-POST', location: acsUrl, index: 0 }],
      singleLogoutServices: [],
      nameIdFormats: [],
      authnRequestsSigned: false,
    },
    { sign: 'assertion', roleAttribute: 'Role' },
  );
  const read = createLogoutReader({
    partners: fixedPartners([partner]),
    clock,
    requestUse: createRequestUse({ ephemeral: createMemoryEphemeralStore({ clock }), keepMs: 600_000 }),
    sloUrl,
    clockSkewMs: skew,
    decryption: () => ({ keys: [createPrivateKey(pair.privateKeyPem)], ciphers: ['aes256-gcm'] }),
    validateSchema: async (xml) => schemas.validate('protocol', xml),
  });
  const posted = (xml: string) => {
    const message = parseXml(xml);
    return read({ document: message, message });
  };
  return { clock, read, posted };
}

const signed = (changes: Partial<LogoutRequestInput> = {}, by = signer) =>
  signLogoutRequest({ ...input, ...changes }, by);
async function refusal(changes: Partial<LogoutRequestInput> = {}, setting?: Parameters<typeof open>[0]) {
  return rejectionOf(open(setting).posted(await signed(changes)));
}

describe('a LogoutRequest', () => {
  test('that is right is accepted, with whom and which session it names', async () => {
    const accepted = await open().posted(await signed());
    expect(accepted).toMatchObject({ id: '_1', name: input.name, sessionIndexes: ['_s'] });
    expect(accepted.partner.entityId).toBe(spEntityId);
  });

  test('by Redirect is accepted with the signature of its query', async () => {
    const redirect = { parameter: 'SAMLRequest', xml: buildLogoutRequest(input), relayState: 'x' } as const;
    const url = await buildRedirectUrl(sloUrl, redirect, signer);
    const decoded = decodeRedirect(url.slice(url.indexOf('?') + 1));
    const message = parseXml(decoded.xml);
    expect(await open().read({ document: message, message, redirect: decoded })).toMatchObject({ id: '_1' });
  });

  test('by SOAP is accepted with the signature in the envelope', async () => {
    const document = parseXml(writeSoap(await signed()));
    const body = readSoap(document);
    if (body.kind === 'fault') throw new Error('a fault');
    expect(await open().read({ document, message: body.element })).toMatchObject({ id: '_1' });
  });

  test('with an encrypted name is accepted, and the name is read', async () => {
    const recipient = { publicKey: pair.publicKey, cipher: 'aes256-gcm', transport: 'rsa-oaep-sha256' } as const;
    const encrypt = (xml: string) => encryptElement(xml, recipient, randomBytes);
    expect(await open().posted(await signed({ encrypt }))).toMatchObject({ name: input.name });
  });

  test('counts once', async () => {
    const { posted } = open();
    const xml = await signed();
    await posted(xml);
    expect(await rejectionOf(posted(xml))).toBe('ERR_SAML_REPLAYED');
  });

  test('of many copies at once counts once', async () => {
    const { posted } = open();
    const xml = await signed();
    const codes = await Promise.all(Array.from({ length: 10 }, () => rejectionOf(posted(xml))));
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
  });
});

describe('a LogoutRequest is refused', () => {
  test('without a signature', async () => {
    expect(await rejectionOf(open().posted(buildLogoutRequest(input)))).toBe('ERR_SAML_SIGNATURE_REQUIRED');
  });

  test('with the signature of somebody else', async () => {
    const xml = await signed({}, signerOf(stranger, 'rsa-sha256'));
    expect(await rejectionOf(open().posted(xml))).toBe('ERR_XML_SIGNATURE');
  });

  test('from a partner whose metadata has no key', async () => {
    expect(await refusal({}, { keys: [] })).toBe('ERR_SAML_SIGNATURE_INVALID');
  });

  test('when its name was changed after it was signed', async () => {
    const xml = (await signed()).replace('>eric<', '>anna<');
    expect(await rejectionOf(open().posted(xml))).toBe('ERR_XML_SIGNATURE');
  });

  test('when its query was changed after it was signed', async () => {
    const redirect = { parameter: 'SAMLRequest', xml: buildLogoutRequest(input), relayState: 'x' } as const;
    const url = (await buildRedirectUrl(sloUrl, redirect, signer)).replace('RelayState=x', 'RelayState=y');
    const decoded = decodeRedirect(url.slice(url.indexOf('?') + 1));
    const message = parseXml(decoded.xml);
    const code = await rejectionOf(open().read({ document: message, message, redirect: decoded }));
    expect(code).toBe('ERR_SAML_SIGNATURE_INVALID');
  });

  test('when the signed request stands inside another one', async () => {
    const inner = await signed();
    const outer = buildLogoutRequest({ ...input, id: '_2', name: { ...input.name, value: 'anna' } });
    const wrapped = outer.replace(
      /(<saml:Issuer[^>]*>[^<]*<\/saml:Issuer>)/,
      (issuer) =>
        `${issuer}${/<ds:Signature.*<\/ds:Signature>/.exec(inner)?.[0] ?? ''}<samlp:Extensions>${inner}</samlp:Extensions>`,
    );
    expect(await rejectionOf(open().posted(wrapped))).toBe('ERR_XML_SIGNATURE');
  });

  test('when the signed request stands in a SOAP header, and another one in the body', async () => {
    const other = buildLogoutRequest({ ...input, id: '_2', name: { ...input.name, value: 'anna' } });
    const envelope = writeSoap(other).replace('<soap:Body>', `<soap:Header>${await signed()}</soap:Header><soap:Body>`);
    const document = parseXml(envelope);
    const body = readSoap(document);
    if (body.kind === 'fault') throw new Error('a fault');
    expect(await rejectionOf(open().read({ document, message: body.element }))).toBe('ERR_SAML_SIGNATURE_REQUIRED');
  });

  test.each([
    ['for another address', { destination: 'https://other.example.com/slo' }, 'ERR_SAML_DESTINATION'],
    ['too old', { now: FAKE_START - maxLogoutAgeMs - skew - 1, notOnOrAfter: FAKE_START + 1 }, 'ERR_SAML_EXPIRED'],
    ['from the future', { now: FAKE_START + skew + 1 }, 'ERR_SAML_EXPIRED'],
    ['at its NotOnOrAfter', { notOnOrAfter: FAKE_START - skew }, 'ERR_SAML_EXPIRED'],
    ['from a stranger', { issuer: 'https://stranger.example.com' }, 'ERR_SAML_UNKNOWN_PARTNER'],
  ] as const)('%s', async (_, changes, code) => {
    expect(await refusal(changes)).toBe(code);
  });

  test('a little before its NotOnOrAfter by a clock that is off it is not', async () => {
    expect(await refusal({ notOnOrAfter: FAKE_START - skew + 1 })).toBeUndefined();
  });

  test('from a partner whose metadata has run out', async () => {
    expect(await refusal({}, { validUntil: FAKE_START })).toBe('ERR_SAML_UNKNOWN_PARTNER');
  });

  test('that was refused has used nothing up', async () => {
    const { posted } = open();
    expect(await rejectionOf(posted(await signed({ destination: 'https://other.example.com' })))).toBe(
      'ERR_SAML_DESTINATION',
    );
    expect(await rejectionOf(posted(await signed()))).toBeUndefined();
  });
});
