/** @module Sign-on without a browser (saml-profiles §4.2): request and password come in one SOAP message, the answer goes back the same way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idpDomain, passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange, type Reply } from '../support/http-client.ts';
import { makeKeyPair } from '../support/key-pairs.ts';
import { attributesOf, statusOf, textsOf } from '../support/saml-answer.ts';
import { createSamlJudges, type SamlJudges } from '../support/saml-judges.ts';
import { bodyOf, envelope, postSoap } from '../support/saml-soap.ts';
import {
  authnRequest,
  instantIn,
  metadataOf,
  newRequestId,
  type RequestShape,
  type ServiceProvider,
  serviceProvider,
  signedByXmlsec,
} from '../support/service-provider.ts';
import { signedIn } from '../support/signed-in.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

let folder: TempFolder;
let judges: SamlJudges;
let gatehouse: Gatehouse;
let sp: ServiceProvider;
let signing: ServiceProvider;
let browsersOnly: ServiceProvider;

const paos = (of: ServiceProvider) => `${of.acsUrl}/paos?a=1&b=2`;
const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const eric = () => basic('eric', passwords.eric);

beforeAll(async () => {
  folder = await makeTempFolder('ecp');
  judges = await createSamlJudges(folder.path);
  sp = serviceProvider('paos', await makeKeyPair(folder.path, 'paos'));
  signing = serviceProvider('signing', await makeKeyPair(folder.path, 'signing'));
  browsersOnly = serviceProvider('browsers', await makeKeyPair(folder.path, 'browsers'));
  const acs = (of: ServiceProvider) =>
    `<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:PAOS" Location="${paos(of).replace('&', '&amp;')}" index="1"/>`;
  gatehouse = await startGatehouse({
    content: {
      partners: [
        { file: 'sp.xml', metadata: metadataOf(sp, { more: acs(sp) }) },
        { file: 'signing.xml', metadata: metadataOf(signing, { signsRequests: true, more: acs(signing) }) },
        { file: 'browsers.xml', metadata: metadataOf(browsersOnly) },
      ],
      configuration: { 'security-domains': { 'idp-domain': { ...idpDomain, 'lock-out': { attempts: 4 } } } },
    },
  });
});
afterAll(async () => {
  await gatehouse?.stop();
  await folder?.remove();
});

const soapUrl = () => `${gatehouse.publicUrl}/saml/idp/soap`;
const certificate = () => ({ certificatePath: `${gatehouse.home}/data/keys/idp.crt` });
const requestOf = (of: ServiceProvider, shape: RequestShape = {}) =>
  authnRequest(of, gatehouse.publicUrl, { destination: null, ...shape });
const ask = (shape: RequestShape = {}, headers: Readonly<Record<string, string>> = eric(), of = sp) =>
  postSoap(soapUrl(), envelope(requestOf(of, shape)), headers);

async function refused(reply: Reply, status: number, code: string) {
  expect([reply.status, reply.headers['content-type']]).toEqual([status, 'text/xml; charset=utf-8']);
  expect(reply.text).toContain('<soap:Fault>');
  expect(reply.text).toContain(`code="${code}"`);
  expect(reply.text).not.toContain('Assertion');
  expect(await judges.schema(reply.text, 'soap')).toMatchObject({ code: 0 });
}

describe('a client that shows name and password', () => {
  test('gets an assertion for the PAOS endpoint of the metadata, and no cookie', async () => {
    const id = newRequestId();
    const reply = await ask({ id });
    expect([reply.status, reply.headers['content-type'], reply.setCookies]).toEqual([
      200,
      'text/xml; charset=utf-8',
      [],
    ]);
    expect(await judges.schema(reply.text, 'soap')).toMatchObject({ code: 0 });
    expect(attributesOf(reply.text, 'ecp:Response')).toMatchObject({
      AssertionConsumerServiceURL: paos(sp).replace('&', '&amp;'),
      'soap:mustUnderstand': '1',
      'soap:actor': 'http://schemas.xmlsoap.org/soap/actor/next',
    });
    const xml = bodyOf(reply.text);
    expect(await judges.objections([xml], certificate())).toEqual([]);
    expect([statusOf(xml), textsOf(xml, 'NameID')]).toEqual([['Success'], ['eric']]);
    expect(attributesOf(xml, 'SubjectConfirmationData')).toMatchObject({
      InResponseTo: id,
      Recipient: paos(sp).replace('&', '&amp;'),
    });
    // There is no session, so nothing that a logout could name.
    expect(xml).not.toContain('SessionIndex');
  });

  test('is one login and one answer in the audit trail, which belong together', async () => {
    await ask();
    const [login, issued] = (await gatehouse.audit()).slice(-2);
    expect(login).toMatchObject({ type: 'login', outcome: 'success', principal: 'eric' });
    expect(login?.trace).toMatchObject({ mechanism: 'BASIC' });
    expect(issued).toMatchObject({
      type: 'saml-response-issued',
      application: sp.entityId,
      decision: login?.trace?.id,
    });
  });

  test('has the same lock, key and story as at the form: the decision is explained', async () => {
    await ask({}, basic('eric', 'wrong-password'));
    const denied = (await gatehouse.audit()).findLast(({ type }) => type === 'login');
    const { code, output } = await gatehouse.explain(denied?.id ?? '');
    expect([code, output.includes('BASIC')]).toEqual([0, true]);
  });

  test('is told when its request was authenticated, which tells it whom it talks for', async () => {
    const request = await signedByXmlsec(
      requestOf(signing, { signed: true }),
      signing.keys ?? (await makeKeyPair(folder.path, 'never')),
      folder.path,
    );
    const body = envelope(request.replace(/^<\?xml[^>]*\?>\s*/, ''));
    const reply = await postSoap(soapUrl(), body, eric());
    expect([reply.status, reply.text.includes('<ecp:RequestAuthenticated ')]).toEqual([200, true]);
    expect((await ask()).text).not.toContain('RequestAuthenticated');
  });
});

describe('nobody', () => {
  test('is asked for a password, by the status of HTTP, with a fault beside it and one record', async () => {
    const before = (await gatehouse.audit()).length;
    const reply = await ask({}, {});
    await refused(reply, 401, 'ERR_ACCESS_DENIED');
    expect(reply.headers['www-authenticate']).toBe('Basic realm="Gatehouse", charset="UTF-8"');
    expect((await gatehouse.audit()).slice(before)).toMatchObject([
      { type: 'saml-request-refused', reason: 'not-authenticated', application: sp.entityId },
    ]);
  });

  test.each([
    ['a wrong password', () => basic('eric', 'wrong'), ['login']],
    ['an unknown user', () => basic('nobody', 'wrong'), ['login']],
    ['what is not base64', () => ({ authorization: 'Basic !' }), ['saml-request-refused']],
    ['a cookie alone', () => ({ cookie: 'GATEHOUSESSO=x' }), ['saml-request-refused']],
  ])('with %s: 401, one record, no assertion', async (_what, headers, types) => {
    const before = (await gatehouse.audit()).length;
    await refused(await ask({}, headers()), 401, 'ERR_ACCESS_DENIED');
    expect((await gatehouse.audit()).slice(before).map(({ type }) => type)).toEqual(types);
  });

  test('guesses on: the name is locked, here and at the form', async () => {
    for (let guess = 0; guess < 4; guess += 1) await ask({}, basic('brian', `guess-${guess}`));
    expect((await ask({}, basic('brian', passwords.brian))).status).toBe(401);
    expect((await gatehouse.audit()).at(-1)).toMatchObject({ type: 'login', reason: 'locked-out' });
    await expect(signedIn(gatehouse.publicUrl, 'brian')).rejects.toThrow('brian was not signed in');
  });

  test('may answer a request for the second time', async () => {
    const id = newRequestId();
    expect((await ask({ id })).status).toBe(200);
    await refused(await ask({ id }), 400, 'ERR_SAML_REPLAYED');
  });

  test('may answer it twice at once', async () => {
    const id = newRequestId();
    const replies = await Promise.all(Array.from({ length: 6 }, () => ask({ id })));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400, 400, 400]);
  });
});

describe('what the request asks for and cannot have is a status in the body', () => {
  test.each<readonly [string, RequestShape, readonly string[]]>([
    [
      'an authentication context that no password is',
      {
        content:
          '<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>',
      },
      ['Responder', 'NoAuthnContext'],
    ],
    [
      'a name of an unknown format',
      { content: '<samlp:NameIDPolicy Format="urn:nobody"/>' },
      ['Requester', 'InvalidNameIDPolicy'],
    ],
    [
      'somebody else',
      { content: '<saml:Subject><saml:NameID>amar</saml:NameID></saml:Subject>' },
      ['Responder', 'AuthnFailed'],
    ],
  ])('%s', async (_what, shape, status) => {
    const reply = await ask(shape);
    expect([reply.status, statusOf(bodyOf(reply.text))]).toEqual([200, status]);
    expect(attributesOf(reply.text, 'ecp:Response')).toHaveProperty('AssertionConsumerServiceURL');
    expect(await judges.schema(reply.text, 'soap')).toMatchObject({ code: 0 });
    expect((await judges.signature(bodyOf(reply.text), 'Response', certificate())).code).toBe(0);
  });

  test('IsPassive and ForceAuthn are nothing to a client that has shown its password just now', async () => {
    const reply = await ask({ attributes: ' ForceAuthn="true" IsPassive="true"' });
    expect(statusOf(bodyOf(reply.text))).toEqual(['Success']);
  });
});

describe('a message that is refused: 4xx, a fault, one record', () => {
  const message =
    (shape: RequestShape = {}, of = () => sp) =>
    () =>
      envelope(requestOf(of(), shape));
  test.each<readonly [string, number, string, () => string]>([
    ['for another address', 400, 'ERR_SAML_DESTINATION', message({ destination: 'https://evil.invalid/' })],
    ['from yesterday', 400, 'ERR_SAML_EXPIRED', message({ issueInstant: instantIn(-86_400) })],
    ['of nobody', 403, 'ERR_SAML_UNKNOWN_PARTNER', message({ issuer: 'urn:nobody' })],
    ['unsigned, of a partner that signs', 403, 'ERR_SAML_SIGNATURE_REQUIRED', message({}, () => signing)],
    [
      'for an address that is not in the metadata',
      403,
      'ERR_SAML_ACS_NOT_REGISTERED',
      message({ attributes: ' AssertionConsumerServiceURL="https://evil.invalid/paos"' }),
    ],
    [
      'for the endpoint of browsers',
      403,
      'ERR_SAML_ACS_NOT_REGISTERED',
      () => envelope(requestOf(sp, { attributes: ` AssertionConsumerServiceURL="${sp.acsUrl}"` })),
    ],
    ['of a partner without PAOS', 403, 'ERR_SAML_ACS_NOT_REGISTERED', message({}, () => browsersOnly)],
    ['that the schema does not know', 400, 'ERR_XML_SCHEMA', message({ content: '<samlp:Scoping ProxyCount="x"/>' })],
    [
      'with a DTD',
      400,
      'ERR_XML_FORBIDDEN',
      () => `<!DOCTYPE x>${envelope(requestOf(sp)).replace(/^<\?xml.*?\?>/, '')}`,
    ],
    ['with two messages', 400, 'ERR_SAML_MALFORMED', () => envelope(requestOf(sp) + requestOf(sp))],
    [
      'with two bodies',
      400,
      'ERR_SAML_MALFORMED',
      () => envelope(requestOf(sp)).replace('</S:Body>', `</S:Body><S:Body>${requestOf(sp)}</S:Body>`),
    ],
    ['without an envelope', 400, 'ERR_SAML_MALFORMED', () => requestOf(sp)],
    [
      'of SOAP 1.2',
      400,
      '',
      () => envelope(requestOf(sp)).replace('schemas.xmlsoap.org/soap/envelope/', 'www.w3.org/2003/05/soap-envelope'),
    ],
    [
      'with a header that must be understood',
      400,
      '',
      () => envelope(requestOf(sp), '<S:Header><x:y xmlns:x="urn:x" S:mustUnderstand="1"/></S:Header>'),
    ],
    [
      'with channel bindings, which are not here',
      400,
      '',
      () =>
        envelope(
          requestOf(sp),
          '<S:Header><cb:ChannelBindings xmlns:cb="urn:oasis:names:tc:SAML:protocol:ext:channel-binding" Type="tls-server-end-point" S:mustUnderstand="1" S:actor="http://schemas.xmlsoap.org/soap/actor/next"/></S:Header>',
        ),
    ],
    [
      'of another kind',
      400,
      'ERR_SAML_UNSUPPORTED',
      () => envelope('<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>'),
    ],
    [
      'larger than a message is',
      413,
      'ERR_REQUEST_TOO_LARGE',
      () => envelope(requestOf(sp, { content: ' '.repeat(300_000) })),
    ],
    [
      'that is a fault',
      400,
      'ERR_SAML_MALFORMED',
      () => envelope('<S:Fault><faultcode>S:Server</faultcode></S:Fault>'),
    ],
    ['that is empty', 400, 'ERR_XML_MALFORMED', () => ''],
  ])('%s', async (_what, status, code, body) => {
    const before = (await gatehouse.audit()).length;
    const reply = await postSoap(soapUrl(), body(), eric());
    expect([reply.status, reply.headers['content-type']]).toEqual([status, 'text/xml; charset=utf-8']);
    expect(reply.text).toContain(code === '' ? '<faultcode>soap:' : `code="${code}"`);
    expect(await judges.schema(reply.text, 'soap')).toMatchObject({ code: 0 });
    expect((await gatehouse.audit()).slice(before)).toMatchObject([{ outcome: 'failure' }]);
  });

  test('a fault says no word of ours about what was wrong inside', async () => {
    const { text } = await ask({ destination: 'https://evil.invalid/' });
    const [record] = (await gatehouse.audit()).slice(-1);
    expect(text).not.toContain('another address');
    expect(text).toContain(`decision="${record?.id}"`);
  });

  test('faults about headers have the codes of SOAP and no detail', async () => {
    const header = '<S:Header><x:y xmlns:x="urn:x" S:mustUnderstand="1"/></S:Header>';
    const { text } = await postSoap(soapUrl(), envelope(requestOf(sp), header), eric());
    expect([text.includes('<faultcode>soap:MustUnderstand</faultcode>'), text.includes('<detail>')]).toEqual([
      true,
      false,
    ]);
  });

  test('a header that need not be understood is passed over', async () => {
    const header = '<S:Header><x:y xmlns:x="urn:x"/><x:z xmlns:x="urn:x" S:mustUnderstand="0"/></S:Header>';
    expect((await postSoap(soapUrl(), envelope(requestOf(sp), header), eric())).status).toBe(200);
  });

  test('GET is no way to ask', async () => {
    expect((await exchange(soapUrl())).status).toBe(405);
  });
});

test('the metadata names the endpoint, and is valid', async () => {
  const { text } = await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`);
  expect(text).toContain(
    `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="${soapUrl()}">`,
  );
  expect(await judges.schema(text, 'metadata')).toMatchObject({ code: 0 });
});
