import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsLogged, expectRefused, type Refusal, sessionsBegun } from '../../support/bad-input.ts';
import { passwords } from '../../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { createHttpClient, exchange, type HttpClient, type Reply } from '../../support/http-client.ts';
import { type KeyPair, makeKeyPair } from '../../support/key-pairs.ts';
import {
  authnRequest,
  deflated,
  encoded,
  instantIn,
  metadataOf,
  newRequestId,
  type RequestShape,
  redirectQuery,
  type ServiceProvider,
  serviceProvider,
  signedByXmlsec,
  ssoUrlOf,
} from '../../support/service-provider.ts';
import { signedIn, signInPath } from '../../support/signed-in.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const open = serviceProvider('open');
const signatureRequired: Refusal = { status: 403, code: 'ERR_SAML_SIGNATURE_REQUIRED' };
const signatureInvalid: Refusal = { status: 403, code: 'ERR_SAML_SIGNATURE_INVALID' };
const wrongAddress: Refusal = { status: 400, code: 'ERR_SAML_DESTINATION' };
const notInTime: Refusal = { status: 400, code: 'ERR_SAML_EXPIRED' };
const unknown: Refusal = { status: 403, code: 'ERR_SAML_UNKNOWN_PARTNER' };
const replayed: Refusal = { status: 400, code: 'ERR_SAML_REPLAYED' };
const notRegistered: Refusal = { status: 403, code: 'ERR_SAML_ACS_NOT_REGISTERED' };

let folder: TempFolder;
let gatehouse: Gatehouse;
let strict: ServiceProvider;
let signing: ServiceProvider & { readonly keys: KeyPair };
let strangersKeys: KeyPair;
/** With a live session: what he asks for is answered at once. */
let eric: HttpClient;

beforeAll(async () => {
  folder = await makeTempFolder('keys');
  const keys = await makeKeyPair(folder.path, 'partner');
  strangersKeys = await makeKeyPair(folder.path, 'stranger');
  signing = { ...serviceProvider('strict'), keys };
  strict = signing;
  const expired = metadataOf(serviceProvider('expired')).replace(
    '<md:EntityDescriptor',
    '<md:EntityDescriptor validUntil="2020-01-01T00:00:00Z"',
  );
  const partners = [
    { file: 'open.xml', metadata: metadataOf(open) },
    { file: 'strict.xml', metadata: metadataOf(strict, { signsRequests: true }) },
    { file: 'expired.xml', metadata: expired },
  ];
  gatehouse = await startGatehouse({ content: { partners } });
  eric = await signedIn(gatehouse.publicUrl);
});
afterAll(async () => {
  await gatehouse?.stop();
  await folder?.remove();
});

const request = (sp: ServiceProvider, shape?: RequestShape) => authnRequest(sp, gatehouse.publicUrl, shape);
/** Who sends: nobody's client unless it is said. */
type Asker = HttpClient['open'];
const redirect = (query: string, ask: Asker = exchange) => ask(`${ssoUrlOf(gatehouse.publicUrl)}?${query}`);
const byRedirect = (xml: string, ask?: Asker) => redirect(redirectQuery(deflated(xml)), ask);
const byPost = (xml: string, ask: Asker = exchange) =>
  ask(ssoUrlOf(gatehouse.publicUrl), { method: 'POST', form: { SAMLRequest: encoded(xml) } });
const passes = ({ status, headers: { location = '' } }: Reply) =>
  status === 303 && (signInPath.test(location) || /^\/saml\/idp\/continue\?pending=[\w-]{44,}$/.test(location));
const isAnswer = ({ status, text }: Reply) => status === 200 && text.includes('name="SAMLResponse"');
const isReplay = ({ status, text }: Reply) => status === 400 && text.includes('ERR_SAML_REPLAYED');

describe.each([
  ['redirect', byRedirect],
  ['POST', byPost],
] as const)('by %s', (_binding, send) => {
  test.each<readonly [string, RequestShape, Refusal]>([
    ['made for another address', { destination: 'https://other.invalid/saml/idp/sso' }, wrongAddress],
    ['made for our address in another spelling', { destination: 'http://LOCALHOST/saml/idp/sso' }, wrongAddress],
    ['of an unknown issuer', { issuer: 'https://nobody.invalid' }, unknown],
    ['of an issuer whose metadata has run out', { issuer: serviceProvider('expired').entityId }, unknown],
    ['from ten minutes ago', { issueInstant: instantIn(-600) }, notInTime],
    ['from ten minutes ahead', { issueInstant: instantIn(600) }, notInTime],
    ['from the year 1970', { issueInstant: '1970-01-01T00:00:00Z' }, notInTime],
    [
      'to be answered at an address that the metadata has not',
      { attributes: ' AssertionConsumerServiceURL="https://evil.invalid/acs"' },
      notRegistered,
    ],
    [
      'to be answered at a longer form of the address',
      { attributes: ` AssertionConsumerServiceURL="${open.acsUrl}/../evil"` },
      notRegistered,
    ],
    [
      'to be answered at a number that the metadata has not',
      { attributes: ' AssertionConsumerServiceIndex="7"' },
      notRegistered,
    ],
    [
      'to be answered by artifact',
      { attributes: ' ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"' },
      { status: 400, code: 'ERR_SAML_UNSUPPORTED' },
    ],
  ])('a request %s is refused', async (_name, shape, refusal) => {
    await expectRefused(gatehouse, refusal, () => send(request(open, shape)));
  });

  test('an unsigned request is refused where signatures are required', async () => {
    const event = await expectRefused(gatehouse, signatureRequired, () => send(request(strict)));
    expect(event.application).toBe(strict.entityId);
  });

  test('a request that comes again before anybody has signed in leads to the form again', async () => {
    const xml = request(open);
    const before = (await gatehouse.audit()).length;
    expect([passes(await send(xml)), passes(await send(xml))]).toEqual([true, true]);
    expect(await gatehouse.audit()).toHaveLength(before);
  });

  test('a request that was answered is refused, to everybody, and audited under its partner', async () => {
    const xml = request(open);
    expect(isAnswer(await send(xml, eric.open))).toBe(true);
    for (const asker of [eric.open, exchange]) {
      const event = await expectRefused(gatehouse, replayed, () => send(xml, asker));
      expect(event.application).toBe(open.entityId);
    }
  });
});

test('of two people who sign in for one request, only the first gets an answer', async () => {
  const url = `${ssoUrlOf(gatehouse.publicUrl)}?${redirectQuery(deflated(request(open)))}`;
  const people = [createHttpClient(), createHttpClient()] as const;
  const forms = [await people[0].open(url), await people[1].open(url)] as const;
  const right = { j_username: 'amar', j_password: passwords.amar };
  expect(isAnswer(await people[0].submit(forms[0], right))).toBe(true);
  expect(isReplay(await people[1].submit(forms[1], right))).toBe(true);
});

test('of twenty requests with one id at once, exactly one is answered', async () => {
  const xml = request(open);
  const before = (await gatehouse.audit()).length;
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? byRedirect : byPost)(xml, eric.open)),
  );
  expect(replies.filter(isAnswer)).toHaveLength(1);
  expect(replies.filter(isReplay)).toHaveLength(19);
  const added = (await gatehouse.audit()).slice(before);
  const count = (type: string, reason: string) =>
    added.filter((event) => event.type === type && event.reason === reason).length;
  expect(count('saml-response-issued', 'Success')).toBe(1);
  expect(count('saml-request-refused', 'ERR_SAML_REPLAYED')).toBe(19);
});

test('two partners may use one id', async () => {
  const id = newRequestId();
  expect(isAnswer(await byRedirect(request(open, { id }), eric.open))).toBe(true);
  const query = redirectQuery(deflated(request(strict, { id })), { signWith: signing.keys });
  expect(isAnswer(await redirect(query, eric.open))).toBe(true);
});

describe('the signature of a redirect', () => {
  const signed = (shape?: RequestShape, keys = signing.keys) =>
    redirectQuery(deflated(request(strict, shape)), { relayState: 'state', signWith: keys });

  test('lets the request pass when it is right', async () => {
    expect(passes(await redirect(signed()))).toBe(true);
  });

  test.each<readonly [string, () => string, Refusal]>([
    ["made with a stranger's key", () => signed({}, strangersKeys), signatureInvalid],
    ['over another RelayState', () => signed().replace('RelayState=state', 'RelayState=other'), signatureInvalid],
    ['over a message without RelayState', () => signed().replace('&RelayState=state', ''), signatureInvalid],
    [
      'over another message',
      () => signed().replace(/SAMLRequest=[^&]*/, `SAMLRequest=${encodeURIComponent(deflated(request(strict)))}`),
      signatureInvalid,
    ],
    [
      'with SHA-1',
      () =>
        signed().replace(/SigAlg=[^&]*/, `SigAlg=${encodeURIComponent('http://www.w3.org/2000/09/xmldsig#rsa-sha1')}`),
      signatureInvalid,
    ],
    ['with an algorithm that is none', () => signed().replace(/SigAlg=[^&]*/, 'SigAlg=none'), signatureInvalid],
    ['that is empty', () => signed().replace(/Signature=[^&]*/, 'Signature='), signatureInvalid],
    ['in a request that does not say whom it is for', () => signed({ destination: null }), wrongAddress],
    ['that comes twice', () => `${signed()}&Signature=AAAA`, { status: 400, code: 'ERR_SAML_MALFORMED' }],
  ])('%s is refused', async (_name, query, refusal) => {
    await expectRefused(gatehouse, refusal, () => redirect(query()));
  });

  test('of a partner without a key in its metadata is refused', async () => {
    const query = redirectQuery(deflated(request(open)), { signWith: strangersKeys });
    await expectRefused(gatehouse, signatureInvalid, () => redirect(query));
  });
});

describe('the signature in a POST', () => {
  const signed = (shape: RequestShape = {}, keys = signing.keys) =>
    signedByXmlsec(request(strict, { ...shape, signed: true }), keys, folder.path);
  const invalid: Refusal = { status: 403, code: 'ERR_XML_SIGNATURE' };

  test('made by xmlsec1 lets the request pass', async () => {
    expect(passes(await byPost(await signed()))).toBe(true);
  });

  test.each<readonly [string, () => Promise<string>]>([
    ["made with a stranger's key", () => signed({}, strangersKeys)],
    [
      'over a request that was changed',
      async () => (await signed()).replace('Version="2.0"', 'Version="2.0" ForceAuthn="true"'),
    ],
    [
      'over another part of the document',
      async () => (await signed()).replace(/Reference URI="#[^"]*"/, 'Reference URI=""'),
    ],
    ['with SHA-1', async () => (await signed()).replace('2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#rsa-sha1')],
  ])('%s is refused', async (_name, make) => {
    const xml = await make();
    await expectRefused(gatehouse, invalid, () => byPost(xml));
  });

  test('wrapped into another request is refused', async () => {
    const inner = (await signed()).replace(/^<\?xml[^>]*\?>\s*/, '');
    const outer = request(strict, { content: `<samlp:Extensions>${inner}</samlp:Extensions>` });
    await expectRefused(gatehouse, signatureRequired, () => byPost(outer));
  });
});

test('only those who signed in began a session, and nothing of all this was an error of ours', async () => {
  expect(await sessionsBegun(gatehouse)).toBe(3);
  expect(await errorsLogged(gatehouse)).toEqual([]);
});
