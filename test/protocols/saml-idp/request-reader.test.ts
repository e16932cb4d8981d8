/** @module Every rule by which an AuthnRequest is accepted or refused, one at a time; nothing of a server around it. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import { fixedPartners } from '../../../src/metadata/partners.ts';
import { createPartner, type PartnerSettings } from '../../../src/protocols/saml-idp/partner.ts';
import {
  type ArrivedRequest,
  createRequestReader,
  maxRequestAgeMs,
} from '../../../src/protocols/saml-idp/request-reader.ts';
import { createRequestUse } from '../../../src/saml/request-use.ts';
import { GatehouseError } from '../../../src/spi/errors.ts';
import type { SpMetadata } from '../../../src/wire/saml/sp-metadata.ts';
import { createFakeClock, FAKE_START } from '../../support/fake-clock.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { acsUrl, idpEntityId, signedAuthnRequest, spEntityId, ssoUrl } from '../../support/saml-input.ts';
import { rejectionOf } from '../../support/thrown-code.ts';

const pair = makeKeyPair('ec');
const stranger = makeKeyPair('ec');
const signer = signerOf(pair, 'ecdsa-sha256');
const clockSkewMs = 60_000;

interface Parts {
  readonly issuedAt?: number;
  readonly attributes?: string;
  readonly destination?: string | undefined;
  readonly issuer?: string;
}

function requestXml({ issuedAt = FAKE_START, attributes = '', issuer = spEntityId, ...rest }: Parts = {}): string {
  const destination = 'destination' in rest ? rest.destination : ssoUrl;
  const to = destination === undefined ? '' : ` Destination="${destination}"`;
  return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"${to} ID="_1" IssueInstant="${new Date(issuedAt).toISOString()}" Version="2.0"${attributes}><saml:Issuer>${issuer}</saml:Issuer></samlp:AuthnRequest>`;
}

const redirect = (xml: string, key?: KeyObject): ArrivedRequest => {
  const signedOctets = 'SAMLRequest=x&SigAlg=y';
  const value = key && sign('sha256', Buffer.from(signedOctets), { key, dsaEncoding: 'ieee-p1363' });
  const algorithm = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256';
  const signature = value === undefined ? {} : { signature: { algorithm, value, signedOctets } };
  return { binding: 'HTTP-Redirect', message: { parameter: 'SAMLRequest', xml, relayState: 'state', ...signature } };
};
const keyOf = (one: typeof pair) => createPrivateKey(one.privateKeyPem);

function open(metadata: Partial<SpMetadata> = {}, settings: Partial<PartnerSettings> = {}, skewMs = clockSkewMs) {
  const clock = createFakeClock();
  const seen: string[] = [];
  const partner = createPartner(
    {
      entityId: spEntityId,
      signingKeys: [pair.publicKey],
      encryptionKeys: [],
      assertionConsumerServices: [
        { binding: 'HTTP-POST', location: acsUrl, index: 0 },
        { binding: 'HTTP-Artifact', location: `${acsUrl}/artifact`, index: 1 },
        { binding: 'HTTP-POST', location: `${acsUrl}/second`, index: 2 },
      ],
      singleLogoutServices: [],
      nameIdFormats: [],
      authnRequestsSigned: false,
      ...metadata,
    },
    { sign: 'assertion', roleAttribute: 'Role', ...settings },
  );
  const requestUse = createRequestUse({ ephemeral: createMemoryEphemeralStore({ clock }), keepMs: 600_000 });
  const read = createRequestReader({
    partners: fixedPartners([partner]),
    clock,
    requestUse,
    entityId: idpEntityId,
    ssoUrl,
    clockSkewMs: skewMs,
    async validateSchema(xml) {
      seen.push(xml);
      if (xml.includes('Consent="wall"')) throw new GatehouseError('ERR_XML_SCHEMA', 'no');
    },
  });
  return { read, requestUse, clock, seen, partner };
}

const refusal = (arrived: ArrivedRequest, ...opened: Parameters<typeof open>) =>
  rejectionOf(open(...opened).read(arrived));

describe('a request', () => {
  test('that is right is accepted, with what is needed to answer it and no more', async () => {
    expect(await open().read(redirect(requestXml()))).toEqual({
      partner: spEntityId,
      id: '_1',
      acsUrl,
      binding: 'HTTP-POST',
      relayState: 'state',
      forceAuthn: false,
      isPassive: false,
      nameIdFormat: undefined,
      subject: undefined,
      authnContext: undefined,
    });
  });

  test('says whether the person has to sign in anew, and whether he may be asked', async () => {
    const xml = requestXml({ attributes: ' ForceAuthn="true" IsPassive="1"' });
    expect(await open().read(redirect(xml))).toMatchObject({ forceAuthn: true, isPassive: true });
  });

  test('keeps the RelayState of a POST too', async () => {
    const posted = { binding: 'HTTP-POST', xml: requestXml(), relayState: 'other' } as const;
    expect(await open().read(posted)).toMatchObject({ relayState: 'other' });
  });

  test('changes nothing: it can be read again until it is answered', async () => {
    const { read, requestUse } = open();
    await read(redirect(requestXml()));
    const accepted = await read(redirect(requestXml()));
    await requestUse.use(accepted);
    expect(await rejectionOf(read(redirect(requestXml())))).toBe('ERR_SAML_REPLAYED');
  });

  test('of a partner that nobody knows is refused before a key is looked for', async () => {
    expect(await refusal(redirect(requestXml({ issuer: 'urn:nobody' })))).toBe('ERR_SAML_UNKNOWN_PARTNER');
  });

  test('that is a response is refused', async () => {
    const message = { parameter: 'SAMLResponse', xml: requestXml() } as const;
    expect(await refusal({ binding: 'HTTP-Redirect', message })).toBe('ERR_SAML_MALFORMED');
  });

  test('that the schema does not allow is refused', async () => {
    const xml = requestXml({ attributes: ' Consent="wall"' });
    expect(await refusal(redirect(xml))).toBe('ERR_XML_SCHEMA');
  });
});

describe('the address', () => {
  test('may be left out of a request that is not signed', async () => {
    expect(await refusal(redirect(requestXml({ destination: undefined })))).toBeUndefined();
  });

  test.each([`${ssoUrl}/`, ssoUrl.replace('https', 'http'), 'https://evil.example.com/saml/idp/sso'])(
    '%s is another one',
    async (destination) => {
      expect(await refusal(redirect(requestXml({ destination })))).toBe('ERR_SAML_DESTINATION');
    },
  );

  test('must be there in a signed request', async () => {
    const xml = requestXml({ destination: undefined });
    expect(await refusal(redirect(xml, keyOf(pair)))).toBe('ERR_SAML_DESTINATION');
  });
});

describe('the time', () => {
  const at = (issuedAt: number) => refusal(redirect(requestXml({ issuedAt })));
  const oldest = FAKE_START - maxRequestAgeMs - clockSkewMs;

  test('may be as old as a redirect takes, and the skew', async () => {
    expect(await at(oldest)).toBeUndefined();
    expect(await at(oldest - 1)).toBe('ERR_SAML_EXPIRED');
  });

  test('may be in the future by the skew', async () => {
    expect(await at(FAKE_START + clockSkewMs)).toBeUndefined();
    expect(await at(FAKE_START + clockSkewMs + 1)).toBe('ERR_SAML_EXPIRED');
  });
});

describe('where the answer goes', () => {
  const to = (attributes: string) => open().read(redirect(requestXml({ attributes })));

  test('is the endpoint that the request names by index or URL', async () => {
    expect((await to(' AssertionConsumerServiceIndex="2"')).acsUrl).toBe(`${acsUrl}/second`);
    expect((await to(` AssertionConsumerServiceURL="${acsUrl}/second"`)).acsUrl).toBe(`${acsUrl}/second`);
  });

  test.each([
    ' AssertionConsumerServiceURL="https://evil.example.com/acs"',
    ` AssertionConsumerServiceURL="${acsUrl}/other"`,
    ' AssertionConsumerServiceIndex="7"',
  ])('is none that the metadata does not have:%s', async (attributes) => {
    expect(await rejectionOf(to(attributes))).toBe('ERR_SAML_ACS_NOT_REGISTERED');
  });

  test('is by the binding that the request names, where the metadata has it', async () => {
    const binding = (name: string) => ` ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:${name}"`;
    expect(await rejectionOf(to(binding('HTTP-POST')))).toBeUndefined();
    expect(await to(binding('HTTP-Artifact'))).toMatchObject({
      acsUrl: `${acsUrl}/artifact`,
      binding: 'HTTP-Artifact',
    });
    expect(await rejectionOf(to(binding('HTTP-Redirect')))).toBe('ERR_SAML_UNSUPPORTED');
  });
});

describe('a signature', () => {
  const required = { authnRequestsSigned: true };
  /** The enveloped fixture was made at another time. */
  const years = 10 * 365 * 24 * 3600_000;

  test('that is not there is missed only where it is required', async () => {
    expect(await refusal(redirect(requestXml()))).toBeUndefined();
    expect(await refusal(redirect(requestXml()), required)).toBe('ERR_SAML_SIGNATURE_REQUIRED');
    expect(await refusal(redirect(requestXml()), {}, { requireSignedRequests: true })).toBe(
      'ERR_SAML_SIGNATURE_REQUIRED',
    );
  });

  test('of the query is checked with the keys of the partner, also where none is required', async () => {
    expect(await refusal(redirect(requestXml(), keyOf(pair)), required)).toBeUndefined();
    expect(await refusal(redirect(requestXml(), keyOf(stranger)), required)).toBe('ERR_SAML_SIGNATURE_INVALID');
    expect(await refusal(redirect(requestXml(), keyOf(stranger)))).toBe('ERR_SAML_SIGNATURE_INVALID');
  });

  test('of a partner without keys is refused: nobody can check it', async () => {
    expect(await refusal(redirect(requestXml(), keyOf(pair)), { signingKeys: [] })).toBe('ERR_SAML_SIGNATURE_INVALID');
  });

  test('inside the message counts as one, and the signed element is what is read', async () => {
    const xml = await signedAuthnRequest(signer);
    const { read } = open(required, {}, years);
    expect(await read({ binding: 'HTTP-POST', xml })).toMatchObject({ id: '_request-1', acsUrl, forceAuthn: true });
  });

  test('inside the message by another key, or over other words, is refused', async () => {
    const foreign = await signedAuthnRequest(signerOf(stranger, 'ecdsa-sha256'));
    const changed = (await signedAuthnRequest(signer)).replace('ForceAuthn="true"', 'ForceAuthn="false"');
    for (const xml of [foreign, changed]) {
      expect(await refusal({ binding: 'HTTP-POST', xml }, {}, {}, years)).toBe('ERR_XML_SIGNATURE');
    }
  });

  test('of the query does not stand in for a bad one inside the message', async () => {
    const foreign = await signedAuthnRequest(signerOf(stranger, 'ecdsa-sha256'));
    expect(await refusal(redirect(foreign, keyOf(pair)), {}, {}, years)).toBe('ERR_XML_SIGNATURE');
  });

  test('is checked before the schema is', async () => {
    const { read, seen } = open(required);
    await rejectionOf(read(redirect(requestXml(), keyOf(stranger))));
    expect(seen).toEqual([]);
  });
});
