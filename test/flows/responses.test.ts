import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { createHttpClient, exchange, type HttpClient } from '../support/http-client.ts';
import { makeKeyPair } from '../support/key-pairs.ts';
import { attributesOf, type PostedAnswer, postedAnswer, statusOf, textsOf } from '../support/saml-answer.ts';
import { createSamlJudges, type SamlJudges, type SignedElement } from '../support/saml-judges.ts';
import {
  authnRequest,
  metadataOf,
  newRequestId,
  type RequestShape,
  redirectUrl,
  serviceProvider,
} from '../support/service-provider.ts';
import { signedIn } from '../support/signed-in.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const partners = {
  assertion: serviceProvider('signed-assertion'),
  response: serviceProvider('signed-response'),
  both: serviceProvider('signed-both'),
} as const;
type Sign = keyof typeof partners;
const signed: Readonly<Record<Sign, readonly SignedElement[]>> = {
  assertion: ['Assertion'],
  response: ['Response'],
  both: ['Response', 'Assertion'],
};
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const persistentFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

let folder: TempFolder;
let judges: SamlJudges;

beforeAll(async () => {
  folder = await makeTempFolder('judges');
  judges = await createSamlJudges(folder.path);
});
afterAll(() => folder?.remove());

describe.each(['rsa', 'ec'] as const)('with an %s key', (signingKey) => {
  let gatehouse: Gatehouse;
  let person: HttpClient;

  beforeAll(async () => {
    const files = Object.entries(partners).map(([sign, sp]) => ({
      file: `${sign}.xml`,
      metadata: metadataOf(sp),
      settings: { sign },
    }));
    gatehouse = await startGatehouse({ content: { signingKey, partners: files } });
    person = await signedIn(gatehouse.publicUrl);
  });
  afterAll(() => gatehouse?.stop());

  const certificate = () => ({ certificatePath: `${gatehouse.home}/data/keys/idp.crt` });

  async function ask(sign: Sign, shape: RequestShape = {}, client = person): Promise<PostedAnswer> {
    return postedAnswer(
      await client.open(redirectUrl(gatehouse.publicUrl, authnRequest(partners[sign], gatehouse.publicUrl, shape))),
    );
  }

  async function expectGenuine(xml: string, elements: readonly SignedElement[]): Promise<void> {
    expect(xml.match(/<ds:Signature[ >]/g)).toHaveLength(elements.length);
    for (const element of elements) {
      const verdict = await judges.signature(xml, element, certificate());
      expect(verdict.output).toContain('OK');
      expect(verdict.code).toBe(0);
    }
    const form = await judges.schema(xml, 'protocol');
    expect(form.code, form.output).toBe(0);
  }

  test.each(['assertion', 'response', 'both'] as const)(
    '%s: xmlsec1 verifies what was asked to be signed, and the schema holds',
    async (sign) => {
      await expectGenuine((await ask(sign)).xml, signed[sign]);
    },
  );

  test('an unsolicited answer is signed and valid too, and answers nobody', async () => {
    const start = `${gatehouse.publicUrl}/saml/idp/start?sp=${encodeURIComponent(partners.both.entityId)}`;
    const { xml, acsUrl } = postedAnswer(await person.open(start));
    await expectGenuine(xml, signed.both);
    expect(acsUrl).toBe(partners.both.acsUrl);
    expect(xml).not.toContain('InResponseTo');
  });

  test.each([
    ['NoPassive', { attributes: ' IsPassive="true"' }, false],
    ['InvalidNameIDPolicy', { content: `<samlp:NameIDPolicy Format="${emailFormat}"/>` }, true],
    [
      'NoAuthnContext',
      {
        content:
          '<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:X509</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>',
      },
      true,
    ],
  ] as const)('%s is told to the partner in a signed answer without an assertion', async (status, shape, signedIn) => {
    const id = newRequestId();
    const { xml } = await ask('assertion', { ...shape, id }, signedIn ? person : createHttpClient());
    await expectGenuine(xml, ['Response']);
    expect(statusOf(xml)).toEqual(['Responder', status]);
    expect(attributesOf(xml, 'Response')['InResponseTo']).toBe(id);
    expect(xml).not.toContain('Assertion');
  });

  test('the metadata is signed and valid', async () => {
    const { text } = await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`);
    expect((await judges.signature(text, 'EntityDescriptor', certificate())).code).toBe(0);
    const form = await judges.schema(text, 'metadata');
    expect(form.code, form.output).toBe(0);
  });

  test('xmlsec1 verifies with our certificate only', async () => {
    const other = await makeKeyPair(folder.path, `other-${signingKey}`, { type: signingKey });
    expect((await judges.signature((await ask('assertion')).xml, 'Assertion', other)).code).not.toBe(0);
  });

  test('one changed letter, and xmlsec1 no longer verifies', async () => {
    const forged = (await ask('assertion')).xml.replace('>eric<', '>erik<');
    expect((await judges.signature(forged, 'Assertion', certificate())).code).not.toBe(0);
  });

  if (signingKey === 'rsa') {
    test('the answer is made for this request, this endpoint and this partner', async () => {
      const id = newRequestId();
      const { xml, acsUrl } = await ask('assertion', { id });
      const response = attributesOf(xml, 'Response');
      const confirmation = attributesOf(xml, 'SubjectConfirmationData');
      expect(acsUrl).toBe(partners.assertion.acsUrl);
      expect(response).toMatchObject({ InResponseTo: id, Destination: acsUrl, Version: '2.0' });
      expect(confirmation).toMatchObject({ InResponseTo: id, Recipient: acsUrl });
      expect(attributesOf(xml, 'SubjectConfirmation')['Method']).toBe('urn:oasis:names:tc:SAML:2.0:cm:bearer');
      expect(textsOf(xml, 'Audience')).toEqual([partners.assertion.entityId]);
      expect(new Set(textsOf(xml, 'Issuer'))).toEqual(new Set([`${gatehouse.publicUrl}/saml/idp`]));
      expect(textsOf(xml, 'NameID')).toEqual(['eric']);
      expect(textsOf(xml, 'AttributeValue')).toEqual(['all']);
      expect(response['ID']).not.toBe(attributesOf(xml, 'Assertion')['ID']);
    });

    test('its times enclose the moment of the request, and no more than the configured lifetime', async () => {
      const before = Date.now();
      const { xml } = await ask('assertion');
      const after = Date.now();
      const at = (element: string, name: string) => Date.parse(attributesOf(xml, element)[name] ?? '');
      const issued = at('Response', 'IssueInstant');
      expect(issued).toBeGreaterThanOrEqual(before - 1);
      expect(issued).toBeLessThanOrEqual(after);
      expect(at('Assertion', 'IssueInstant')).toBe(issued);
      expect(at('Conditions', 'NotBefore')).toBe(issued - 60_000);
      expect(at('Conditions', 'NotOnOrAfter')).toBe(issued + 300_000);
      expect(at('SubjectConfirmationData', 'NotOnOrAfter')).toBe(issued + 300_000);
      expect(at('AuthnStatement', 'AuthnInstant')).toBeLessThanOrEqual(issued);
      expect(at('AuthnStatement', 'SessionNotOnOrAfter')).toBe(at('AuthnStatement', 'AuthnInstant') + 36_000_000);
    });

    test('RelayState comes back as it was, whatever stands in it', async () => {
      const relayState = 'https://app.invalid/?a=1&b="<two>"&c=ü+%20\'';
      const xml = authnRequest(partners.assertion, gatehouse.publicUrl);
      const answer = postedAnswer(await person.open(redirectUrl(gatehouse.publicUrl, xml, { relayState })));
      expect(answer.relayState).toBe(relayState);
    });

    test('ids of messages and sessions are new in every answer, the session index stays with the session', async () => {
      const [first, second] = [(await ask('assertion')).xml, (await ask('assertion')).xml];
      expect(attributesOf(second, 'Response')['ID']).not.toBe(attributesOf(first, 'Response')['ID']);
      expect(attributesOf(second, 'Assertion')['ID']).not.toBe(attributesOf(first, 'Assertion')['ID']);
      expect(attributesOf(second, 'AuthnStatement')['SessionIndex']).toBe(
        attributesOf(first, 'AuthnStatement')['SessionIndex'],
      );
    });

    test('a persistent name is the same each time, and another at another partner', async () => {
      const content = `<samlp:NameIDPolicy AllowCreate="true" Format="${persistentFormat}"/>`;
      const nameAt = async (sign: Sign) => textsOf((await ask(sign, { content })).xml, 'NameID')[0];
      const name = await nameAt('assertion');
      expect(name).not.toBe('eric');
      expect(await nameAt('assertion')).toBe(name);
      expect(await nameAt('both')).not.toBe(name);
    });

    test('ForceAuthn asks for the password although a session lives', async () => {
      const url = redirectUrl(
        gatehouse.publicUrl,
        authnRequest(partners.assertion, gatehouse.publicUrl, { attributes: ' ForceAuthn="true"' }),
      );
      expect(new URL((await person.open(url)).url).pathname).toMatch(/^\/login\//);
    });
  }
});
