/** @module Answers by artifact: a browser carries the reference, the partner fetches the message over SOAP. A paper partner with xmlsec1, and Debian's mellon. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChromiumBrowser, launchChromium, signIn } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { createHttpClient, exchange } from '../support/http-client.ts';
import { makeKeyPair } from '../support/key-pairs.ts';
import { type MellonPlan, planMellon, type RunningMellon } from '../support/mellon.ts';
import { statusOf, textsOf } from '../support/saml-answer.ts';
import { createSamlJudges, type SamlJudges } from '../support/saml-judges.ts';
import { bodyOf, envelope, postSoap, type SoapQuery, signedQuery, unsignedQuery } from '../support/saml-soap.ts';
import {
  authnRequest,
  metadataOf,
  redirectUrl,
  type ServiceProvider,
  serviceProvider,
} from '../support/service-provider.ts';
import { signedIn } from '../support/signed-in.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const byArtifact = ' ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"';

let folder: TempFolder;
let judges: SamlJudges;
let plan: MellonPlan;
let mellon: RunningMellon;
let browser: ChromiumBrowser;
let gatehouse: Gatehouse;
let sp: ServiceProvider;
let other: ServiceProvider;

beforeAll(async () => {
  folder = await makeTempFolder('artifact');
  judges = await createSamlJudges(folder.path);
  sp = serviceProvider('fetching', await makeKeyPair(folder.path, 'fetching'));
  other = serviceProvider('other', await makeKeyPair(folder.path, 'other'));
  plan = await planMellon({ artifact: true });
  const acs = (of: ServiceProvider) =>
    `<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="${of.acsUrl}/artifact" index="1"/>`;
  const partners = [sp, other].map((one, index) => ({
    file: `sp${index}.xml`,
    metadata: metadataOf(one, { more: acs(one) }),
  }));
  const mellons = plan.providers.map(({ hostName, metadata }) => ({ file: `${hostName}.xml`, metadata }));
  gatehouse = await startGatehouse({ content: { partners: [...partners, ...mellons] } });
  mellon = await plan.start((await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`)).text);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await mellon?.stop();
  await gatehouse?.stop();
  await plan?.remove();
  await folder?.remove();
});

const artifactUrl = () => `${gatehouse.publicUrl}/saml/idp/artifact`;
const certificate = () => ({ certificatePath: `${gatehouse.home}/data/keys/idp.crt` });

/** Where the browser is sent with an artifact. */
async function carried(attributes = byArtifact, relayState = 'a b&c'): Promise<URL> {
  const client = attributes.includes('IsPassive') ? createHttpClient() : await signedIn(gatehouse.publicUrl);
  const xml = authnRequest(sp, gatehouse.publicUrl, { attributes });
  const reply = await client.send(redirectUrl(gatehouse.publicUrl, xml, { relayState }));
  expect(reply.status).toBe(303);
  return new URL(reply.headers.location ?? '');
}

async function query(artifact: string, of = sp, changes: Partial<SoapQuery> = {}): Promise<string> {
  if (of.keys === undefined) throw new Error('the partner has no keys');
  const content = `<samlp:Artifact>${artifact}</samlp:Artifact>`;
  return envelope(
    await signedQuery({ name: 'ArtifactResolve', issuer: of.entityId, content, ...changes }, of.keys, folder.path),
  );
}

const resolve = async (artifact: string, of = sp) => postSoap(artifactUrl(), await query(artifact, of));
const responseIn = (xml: string) => /<samlp:Response .*<\/samlp:Response>/s.exec(xml)?.[0] ?? '';

describe('an artifact', () => {
  test('is carried to the endpoint that the request names, and resolved to the answer, once', async () => {
    const url = await carried();
    expect(`${url.origin}${url.pathname}`).toBe(`${sp.acsUrl}/artifact`);
    expect(url.searchParams.get('RelayState')).toBe('a b&c');
    const artifact = url.searchParams.get('SAMLart') ?? '';
    expect(Buffer.from(artifact, 'base64')).toHaveLength(44);

    const reply = await resolve(artifact);
    expect([reply.status, reply.headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8']);
    const xml = bodyOf(reply.text);
    expect(await judges.schema(xml, 'protocol')).toMatchObject({ code: 0 });
    expect((await judges.signature(xml, 'ArtifactResponse', certificate())).output).toContain('OK');
    const response = responseIn(xml);
    expect([statusOf(response), textsOf(response, 'NameID')]).toEqual([['Success'], ['eric']]);
    expect((await judges.signature(response, 'Assertion', certificate())).output).toContain('OK');
    expect((await gatehouse.audit()).at(-1)).toMatchObject({
      type: 'saml-artifact-resolved',
      outcome: 'success',
      application: sp.entityId,
    });

    const again = await resolve(artifact);
    expect([again.status, responseIn(bodyOf(again.text))]).toEqual([200, '']);
    expect((await gatehouse.audit()).at(-1)).toMatchObject({ outcome: 'failure', reason: 'unknown-artifact' });
  });

  test('stands for a refusal too', async () => {
    const url = await carried(`${byArtifact} IsPassive="true"`);
    const { text } = await resolve(url.searchParams.get('SAMLart') ?? '');
    expect(statusOf(responseIn(bodyOf(text)))).toEqual(['Responder', 'NoPassive']);
  });

  test('is resolved for its partner alone, and another one does not spend it', async () => {
    const artifact = (await carried()).searchParams.get('SAMLart') ?? '';
    expect(responseIn(bodyOf((await resolve(artifact, other)).text))).toBe('');
    expect(responseIn(bodyOf((await resolve(artifact)).text))).not.toBe('');
  });

  test('asked for ten times at once is resolved once', async () => {
    const artifact = (await carried()).searchParams.get('SAMLart') ?? '';
    const bodies = await Promise.all(Array.from({ length: 10 }, () => query(artifact)));
    const replies = await Promise.all(bodies.map((body) => postSoap(artifactUrl(), body)));
    expect(replies.filter(({ text }) => responseIn(bodyOf(text)) !== '')).toHaveLength(1);
  });
});

describe('a question that is refused leaves the message where it is', () => {
  test.each<readonly [string, number, string, (artifact: string) => string | Promise<string>]>([
    [
      'unsigned',
      403,
      'ERR_SAML_SIGNATURE_REQUIRED',
      (artifact) =>
        envelope(
          unsignedQuery({
            name: 'ArtifactResolve',
            issuer: sp.entityId,
            content: `<samlp:Artifact>${artifact}</samlp:Artifact>`,
          }),
        ),
    ],
    [
      'signed by another partner',
      403,
      'ERR_XML_SIGNATURE',
      (artifact) => query(artifact, { ...sp, ...(other.keys && { keys: other.keys }) }),
    ],
    [
      'for another address',
      400,
      'ERR_SAML_DESTINATION',
      (artifact) => query(artifact, sp, { attributes: ' Destination="https://evil.invalid/"' }),
    ],
    [
      'from yesterday',
      400,
      'ERR_SAML_EXPIRED',
      (artifact) => query(artifact, sp, { issueInstant: '2020-01-01T00:00:00Z' }),
    ],
    ['of nobody', 403, 'ERR_SAML_UNKNOWN_PARTNER', (artifact) => query(artifact, { ...sp, entityId: 'urn:nobody' })],
    ['without an envelope', 400, 'ERR_SAML_MALFORMED', () => '<x/>'],
    ['not XML', 400, 'ERR_XML_MALFORMED', () => 'x'],
    [
      'with a header that must be understood',
      400,
      'ERR_SAML_MALFORMED',
      async (artifact) =>
        (await query(artifact)).replace(
          '<S:Body>',
          '<S:Header><x:y xmlns:x="urn:x" S:mustUnderstand="1"/></S:Header><S:Body>',
        ),
    ],
  ])('%s', async (_what, status, code, body) => {
    const artifact = (await carried()).searchParams.get('SAMLart') ?? '';
    const reply = await postSoap(artifactUrl(), await body(artifact));
    expect([reply.status, reply.text.includes(code)]).toEqual([status, true]);
    expect(responseIn(bodyOf((await resolve(artifact)).text))).not.toBe('');
  });

  test('a question that was asked before', async () => {
    const body = await query((await carried()).searchParams.get('SAMLart') ?? '');
    await postSoap(artifactUrl(), body);
    expect((await postSoap(artifactUrl(), body)).text).toContain('ERR_SAML_REPLAYED');
  });
});

test('mellon fetches the answer and knows name and roles', async () => {
  const { page, context } = await browser.person();
  const wanted = `${plan.providers[0].origin}/secure/hello.shtml`;
  const fetched = page.waitForRequest((request) => request.url().includes('SAMLart='));
  await page.goto(wanted);
  await signIn(page, 'eric', passwords.eric);
  expect((await fetched).url()).toContain('/mellon/artifactResponse?');
  await page.waitForURL(wanted);
  expect(await page.locator('#user').textContent()).toBe('eric');
  expect(await page.locator('#roles').textContent()).toBe('all');
  await context.close();
});

test('the metadata names the endpoint, and is valid', async () => {
  const { text } = await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`);
  expect(text).toContain(
    `<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="${artifactUrl()}" index="0" isDefault="true">`,
  );
  expect(await judges.schema(text, 'metadata')).toMatchObject({ code: 0 });
});
