/** @module Hostile SAML messages at every door of a running identity provider: 4xx, the right code, one audit record, no session begun or ended. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/spi/errors.ts';
import { errorsLogged, expectSecurityHeaders } from '../../support/bad-input.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { decisionOf } from '../../support/html-page.ts';
import { exchange, type HttpClient, type Reply } from '../../support/http-client.ts';
import type { TestKeyPair } from '../../support/keys.ts';
import { postedAnswer, textsOf } from '../../support/saml-answer.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { doorContents } from '../../support/saml-doors/contents.ts';
import {
  createForge,
  type Door,
  type DoorCase,
  doors,
  type Forge,
  nameOf,
  parameterOf,
  signedRedirect,
  type Target,
} from '../../support/saml-doors/door.ts';
import { queryCases } from '../../support/saml-doors/queries.ts';
import { doorSignatures } from '../../support/saml-doors/signatures.ts';
import { doorTexts } from '../../support/saml-doors/texts.ts';
import { signedIn } from '../../support/signed-in.ts';

const workshop = createWorkshop(Date.now());
const bindings = 'urn:oasis:names:tc:SAML:2.0:bindings:';

function metadata(name: string, keys: TestKeyPair, validUntil = ''): string {
  const certificate = Buffer.from(keys.certificate).toString('base64');
  const origin = `https://${name}.invalid`;
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${origin}/metadata"${validUntil}><md:SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleLogoutService Binding="${bindings}HTTP-Redirect" Location="${origin}/slo"/><md:AssertionConsumerService Binding="${bindings}HTTP-POST" Location="${origin}/acs" index="0" isDefault="true"/><md:AssertionConsumerService Binding="${bindings}HTTP-Artifact" Location="${origin}/artifact" index="1"/></md:SPSSODescriptor></md:EntityDescriptor>`;
}

let gatehouse: Gatehouse;
let target: Target;
/** Whose session the logout requests would end. */
let eric: HttpClient;
let sessions: number;

beforeAll(async () => {
  const partners = [
    { file: 'signing.xml', metadata: metadata('signing', workshop.idp) },
    { file: 'neighbour.xml', metadata: metadata('neighbour', workshop.sp) },
    { file: 'disabled.xml', metadata: metadata('disabled', workshop.idp), settings: { enabled: false } },
    { file: 'expired.xml', metadata: metadata('expired', workshop.idp, ' validUntil="2020-01-01T00:00:00Z"') },
  ];
  gatehouse = await startGatehouse({ content: { partners } });
  const empty = { publicUrl: gatehouse.publicUrl, partner: 'https://signing.invalid/metadata' };
  target = { ...empty, nameId: '', inResponseTo: '', artifact: '' };
  eric = await signedIn(gatehouse.publicUrl);
  const answer = postedAnswer(await signOn(eric)).xml;
  const nameId = textsOf(answer, 'NameID')[0] ?? '';
  target = { ...target, nameId, inResponseTo: await waitingRequest(), artifact: await newArtifact() };
  // The first answer that cannot be believed goes into the ledger; the request waits on for one that can.
  const answers = forgeAt('LogoutResponse', 'post');
  await deliver(answers, await answers.signed(answers.plain(), workshop.stranger));
  sessions = await count('session-begun');
});
afterAll(() => gatehouse?.stop());

const count = async (wanted: string) => (await gatehouse.audit()).filter(({ type }) => type === wanted).length;

function forgeAt(kind: Door['kind'], binding: Door['binding']): Forge {
  const door = doors.find((one) => one.kind === kind && one.binding === binding);
  if (door === undefined) throw new Error('there is no such door');
  return createForge(door, workshop, target);
}

/** A right message, signed beside it. */
function urlOf(forge: Forge): string {
  return `${gatehouse.publicUrl}${forge.door.path}?${signedRedirect(forge, forge.plain())}`;
}

const signOn = (client: HttpClient) => client.open(urlOf(forgeAt('AuthnRequest', 'redirect')));

async function newArtifact(): Promise<string> {
  const forge = forgeAt('AuthnRequest', 'redirect');
  const attributes = ` ProtocolBinding="${bindings}HTTP-Artifact"`;
  const reply = await eric.send(
    `${gatehouse.publicUrl}${forge.door.path}?${signedRedirect(forge, forge.plain({ attributes }))}`,
  );
  return new URL(reply.headers.location ?? '').searchParams.get('SAMLart') ?? '';
}

/** Somebody signs out here, and the browser is sent to the partner with this request. */
async function waitingRequest(): Promise<string> {
  const amar = await signedIn(gatehouse.publicUrl, 'amar');
  await signOn(amar);
  const page = await amar.submit(await amar.open(`${gatehouse.publicUrl}/logout?GLO=true`));
  const url = /url=(\S+)/.exec(String(page.headers['refresh']))?.[1] ?? '';
  return new URL(url).searchParams.get('RelayState') ?? '';
}

/** As the door takes it; a redirect with a good signature over it, whatever it is. */
function deliver(forge: Forge, document: string | Uint8Array): Promise<Reply> {
  const { door } = forge;
  const url = `${gatehouse.publicUrl}${door.path}`;
  switch (door.binding) {
    case 'redirect':
      return exchange(`${url}?${signedRedirect(forge, document, { relayState: 'https://evil.invalid/' })}`);
    case 'post':
      return exchange(url, {
        method: 'POST',
        form: { [parameterOf(door)]: Buffer.from(document).toString('base64'), RelayState: 'https://evil.invalid/' },
      });
    case 'soap':
      return exchange(url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: Buffer.from(document) });
    default:
      return door.binding satisfies never;
  }
}

/** What makes a refusal: HTTP 4xx, the code on the page, nothing set and nowhere sent, one record, and nobody in or out. */
async function expectRefused(code: ErrorCode, send: () => Promise<Reply>): Promise<void> {
  const before = await gatehouse.audit();
  const reply = await send();
  const added = (await gatehouse.audit()).slice(before.length);
  expect(/\bERR_\w+/.exec(reply.text)?.[0], reply.text).toBe(code);
  expect(reply.status).toBeGreaterThanOrEqual(400);
  expect(reply.status).toBeLessThan(500);
  expect([reply.headers.location, reply.headers['refresh'], reply.setCookies]).toEqual([
    undefined,
    refreshOf(reply),
    [],
  ]);
  expectSecurityHeaders(reply);
  expect(reply.text).not.toContain('evil.invalid');
  expect(added.map(({ id, outcome, reason }) => ({ id, outcome, reason }))).toEqual([
    { id: decisionOf(reply.text), outcome: 'failure', reason: code },
  ]);
}

/** Whoever brought an answer that is refused goes on here. */
function refreshOf({ headers }: Reply): string | undefined {
  const refresh = headers['refresh'];
  return refresh === undefined ? undefined : expect.stringMatching(/^\d+; url=\/logout\/[\w-]+$/);
}

const codeAt = (door: Door, { code }: DoorCase) => (typeof code === 'string' ? code : code(door));

describe.each(doors.map((door) => [nameOf(door), door] as const))('%s', (_name, door) => {
  const casesHere = (cases: readonly DoorCase[]) =>
    cases.filter(({ at }) => at?.(door) ?? true).map((one) => [one.name, one] as const);

  test('the controls: a message that is right passes', async () => {
    const forge = createForge(door, workshop, await freshTarget(door));
    const reply = await deliver(forge, forge.document(await forge.honest()));
    expect([200, 303], reply.text).toContain(reply.status);
  });

  test.each(casesHere([...doorSignatures, ...doorTexts, ...doorContents]))('%s', async (_case, one) => {
    const forge = createForge(door, workshop, target);
    const document = await one.make(forge);
    await expectRefused(codeAt(door, one), () => deliver(forge, document));
  });

  if (door.binding !== 'redirect') return;

  test.each(queryCases.map((one) => [one.name, one] as const))('a query with %s', async (_case, one) => {
    const forge = createForge(door, workshop, target);
    const query = one.make(signedRedirect(forge, forge.plain(), { relayState: 'state' }), forge);
    await expectRefused(one.code, () => exchange(`${gatehouse.publicUrl}${door.path}?${query}`));
  });
});

/** What the control spends: of a logout somebody else's session, of an answer another request. */
async function freshTarget(door: Door): Promise<Target> {
  if (door.kind === 'LogoutResponse') return { ...target, inResponseTo: await waitingRequest() };
  if (door.kind === 'LogoutRequest') return { ...target, nameId: 'nobody' };
  return door.kind === 'ArtifactResolve' ? { ...target, artifact: await newArtifact() } : target;
}

test('after all of it: the session lives, nobody else is signed in, the artifact and the request wait, no error of ours', async () => {
  // The controls of the two doors for answers have signed in two people, to sign them out.
  expect(await count('session-begun')).toBe(sessions + 2);
  expect((await eric.open(gatehouse.publicUrl)).text).toContain('Signed in as eric');
  const resolve = forgeAt('ArtifactResolve', 'soap');
  expect((await deliver(resolve, resolve.document(await resolve.honest()))).text).toContain('<samlp:Response');
  const answer = forgeAt('LogoutResponse', 'post');
  expect((await deliver(answer, await answer.honest())).status).toBe(303);
  expect(await errorsLogged(gatehouse)).toEqual([]);
});
