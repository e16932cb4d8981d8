/** @module What an AuthnRequest may ask for, against a real server: step-up to a second factor with oathtool, and the status for each thing that cannot be. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idpDomain, passwords, writeHome } from '../support/gatehouse-home.ts';
import { type Gatehouse, runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { createHttpClient, type HttpClient } from '../support/http-client.ts';
import { attributesOf, postedAnswer, statusOf, textsOf } from '../support/saml-answer.ts';
import { createSamlJudges, type SamlJudges } from '../support/saml-judges.ts';
import {
  authnRequest,
  metadataOf,
  type RequestShape,
  redirectUrl,
  serviceProvider,
} from '../support/service-provider.ts';
import { signedIn } from '../support/signed-in.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const sp = serviceProvider('demanding');
const cousin = serviceProvider('cousin');
const curious = serviceProvider('curious');
const strict = serviceProvider('strict');
const refedsMfa = 'https://refeds.org/profile/mfa';
const protectedPassword = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const affiliation = 'urn:example:family';

let folder: TempFolder;
let judges: SamlJudges;
let gatehouse: Gatehouse;
let secret: string;

beforeAll(async () => {
  folder = await makeTempFolder('requests');
  judges = await createSamlJudges(folder.path);
  const home = join(folder.path, 'var');
  const stacking = { 'password-stacking': 'useFirstPass' };
  const [users] = idpDomain.authentication;
  const authentication = [
    { ...users, 'module-options': { ...users?.['module-options'], ...stacking } },
    { code: 'Totp', flag: 'required', 'module-options': { ...stacking, enrolment: 'optional', asked: 'when-needed' } },
  ];
  await writeHome(home, {
    partners: [
      { file: 'sp.xml', metadata: metadataOf(sp), settings: { affiliation } },
      { file: 'cousin.xml', metadata: metadataOf(cousin), settings: { affiliation } },
      {
        file: 'curious.xml',
        metadata: metadataOf(curious, {
          more: '<md:AttributeConsumingService index="1"><md:ServiceName xml:lang="en">x</md:ServiceName><md:RequestedAttribute Name="tenant"/></md:AttributeConsumingService><md:AttributeConsumingService index="2"><md:ServiceName xml:lang="en">x</md:ServiceName><md:RequestedAttribute Name="mail"/></md:AttributeConsumingService>',
        }),
        settings: {
          attributes: [
            { name: 'groups', from: 'roles' },
            { name: 'tenant', values: ['acme', 'umbrella'], 'friendly-name': 'Tenant' },
            { name: 'urn:oasis:names:tc:SAML:attribute:pairwise-id', from: 'pairwise-id' },
          ],
        },
      },
      {
        file: 'strict.xml',
        metadata: metadataOf(strict),
        settings: { attributes: [{ name: 'mail', required: true }] },
      },
    ],
    configuration: { 'security-domains': { 'idp-domain': { authentication } } },
  });
  await writeFile(join(home, 'configuration', 'one-time-codes.properties'), '');
  const enrolled = await runGatehouse([
    'totp',
    'enrol',
    '--domain',
    'idp-domain',
    '--user',
    'eric',
    '--home',
    home,
    '--json',
  ]);
  secret = JSON.parse(enrolled.output).secret;
  gatehouse = await startGatehouse({ home });
});
afterAll(async () => {
  await gatehouse?.stop();
  await folder?.remove();
});

const asks = (classRef: string, comparison = 'exact') =>
  `<samlp:RequestedAuthnContext Comparison="${comparison}"><saml:AuthnContextClassRef>${classRef}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`;
const url = (shape: RequestShape, from = sp) =>
  redirectUrl(gatehouse.publicUrl, authnRequest(from, gatehouse.publicUrl, shape));
const ask = (client: HttpClient, shape: RequestShape, from = sp) => client.open(url(shape, from));

async function expectGenuine(xml: string, element: 'Response' | 'Assertion') {
  const certificate = { certificatePath: join(gatehouse.home, 'data/keys/idp.crt') };
  expect((await judges.signature(xml, element, certificate)).output).toContain('OK');
  expect(await judges.schema(xml, 'protocol')).toMatchObject({ code: 0 });
}

describe('a second factor', () => {
  test('is asked of nobody until a partner wants it, then of who is signed in already, and told in its words', async () => {
    const person = await signedIn(gatehouse.publicUrl);
    const first = postedAnswer(await ask(person, {})).xml;
    expect(textsOf(first, 'AuthnContextClassRef')).toEqual([protectedPassword]);
    const login = await ask(person, { content: asks(refedsMfa) });
    expect(new URL(login.url).pathname).toMatch(/^\/login\//);
    const second = await person.submit(login, { j_username: 'eric', j_password: passwords.eric });
    const code = execFileSync('oathtool', ['--totp', '-b', secret], { encoding: 'utf8' }).trim();
    const { xml } = postedAnswer(await person.submit(second, { one_time_code: code }));
    expect([statusOf(xml), textsOf(xml, 'AuthnContextClassRef')]).toEqual([['Success'], [refedsMfa]]);
    await expectGenuine(xml, 'Assertion');
    const weaker = postedAnswer(await ask(person, { content: asks(protectedPassword) })).xml;
    expect(textsOf(weaker, 'AuthnContextClassRef')).toEqual([protectedPassword]);
  });

  test('of a person who has none is told to the partner after the login', async () => {
    const person = createHttpClient();
    const login = await ask(person, { content: asks(refedsMfa, 'minimum') });
    const { xml } = postedAnswer(await person.submit(login, { j_username: 'amar', j_password: passwords.amar }));
    expect(statusOf(xml)).toEqual(['Responder', 'NoAuthnContext']);
  });
});

describe('what cannot be is told to the partner, signed and valid', () => {
  test.each([
    ['IsPassive without a session', { attributes: ' IsPassive="true"' }, 'Responder', 'NoPassive'],
    [
      'a class that nothing here is',
      { content: asks('urn:oasis:names:tc:SAML:2.0:ac:classes:X509') },
      'Responder',
      'NoAuthnContext',
    ],
    [
      'a name of an unknown format',
      { content: '<samlp:NameIDPolicy Format="urn:x"/>' },
      'Requester',
      'InvalidNameIDPolicy',
    ],
    [
      'a name in the space of somebody else',
      { content: '<samlp:NameIDPolicy SPNameQualifier="urn:x"/>' },
      'Requester',
      'InvalidNameIDPolicy',
    ],
    [
      'an answer of another provider',
      {
        content:
          '<samlp:Scoping ProxyCount="0"><samlp:IDPList><samlp:IDPEntry ProviderID="urn:other"/></samlp:IDPList></samlp:Scoping>',
      },
      'Responder',
      'NoSupportedIDP',
    ],
  ] as const)('%s', async (_what, shape, fault, status) => {
    const { xml, acsUrl } = postedAnswer(await ask(createHttpClient(), shape));
    expect([statusOf(xml), acsUrl]).toEqual([[fault, status], sp.acsUrl]);
    await expectGenuine(xml, 'Response');
  });
});

test('conditions of the request limit the assertion', async () => {
  const person = await signedIn(gatehouse.publicUrl);
  const notOnOrAfter = new Date(Date.now() + 120_000).toISOString();
  const content = `<saml:Conditions NotOnOrAfter="${notOnOrAfter}"><saml:OneTimeUse/></saml:Conditions>`;
  const { xml } = postedAnswer(await ask(person, { content }));
  expect(attributesOf(xml, 'Conditions')['NotOnOrAfter']).toBe(notOnOrAfter);
  expect(xml).toContain('<saml:OneTimeUse></saml:OneTimeUse>');
  await expectGenuine(xml, 'Assertion');
});

test('partners of one affiliation get one persistent name', async () => {
  const person = await signedIn(gatehouse.publicUrl);
  const content = `<samlp:NameIDPolicy Format="${persistent}" SPNameQualifier="${affiliation}" AllowCreate="true"/>`;
  const answers = [await ask(person, { content }), await ask(person, { content }, cousin)].map(postedAnswer);
  const [name, same] = answers.map(({ xml }) => textsOf(xml, 'NameID')[0]);
  expect(name).toBe(same);
  expect(attributesOf(answers[0]?.xml ?? '', 'NameID')).toMatchObject({ SPNameQualifier: affiliation });
  await expectGenuine(answers[0]?.xml ?? '', 'Assertion');
});

describe('attributes', () => {
  const namesIn = (xml: string) => [...xml.matchAll(/<saml:Attribute [^>]*Name="([^"]*)"/g)].map(([, name]) => name);
  const pairwise = 'urn:oasis:names:tc:SAML:attribute:pairwise-id';

  test('are those of the configuration, in a valid assertion', async () => {
    const person = await signedIn(gatehouse.publicUrl);
    const { xml } = postedAnswer(await ask(person, {}, curious));
    expect(namesIn(xml)).toEqual(['groups', 'tenant', pairwise]);
    expect(xml).toContain('FriendlyName="Tenant"');
    expect(textsOf(xml, 'AttributeValue')).toEqual([
      'all',
      'acme',
      'umbrella',
      expect.stringMatching(/^[0-9a-f]{64}@localhost$/),
    ]);
    await expectGenuine(xml, 'Assertion');
  });

  test('are narrowed by the service that the request names', async () => {
    const person = await signedIn(gatehouse.publicUrl);
    const { xml } = postedAnswer(await ask(person, { attributes: ' AttributeConsumingServiceIndex="1"' }, curious));
    expect(namesIn(xml)).toEqual(['tenant', pairwise]);
  });

  test('that are required and missing are a status for the partner and a reason in the audit record', async () => {
    const person = await signedIn(gatehouse.publicUrl);
    const { xml } = postedAnswer(await ask(person, {}, strict));
    expect(statusOf(xml)).toEqual(['Responder', 'RequestDenied']);
    expect(xml).not.toContain('mail');
    expect((await gatehouse.audit()).at(-1)).toMatchObject({
      reason: 'RequestDenied: no value of mail',
      principal: 'eric',
    });
  });
});
