/** @module The chain of redirects in Chromium: an application that hangs, one that is gone, one whose answer is forged, with and without scripts. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeRedirect } from '../../src/wire/saml/bindings.ts';
import { parseLogoutRequest } from '../../src/wire/saml/logout-request.ts';
import { buildLogoutResponse } from '../../src/wire/saml/logout-response.ts';
import { buildRedirectUrl } from '../../src/wire/saml/redirect-writer.ts';
import { parseXml } from '../../src/wire/xml/parse.ts';
import { type ChromiumBrowser, launchChromium, signIn } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { makeKeyPair, signerOf } from '../support/keys.ts';
import { poll } from '../support/poll.ts';

const pair = makeKeyPair('rsa');
const stranger = makeKeyPair('rsa');
type Manner = 'hangs' | 'answers' | 'forges';
const manners: readonly Manner[] = ['hangs', 'forges', 'answers'];
const entityIdOf = (manner: Manner) => `https://${manner}.invalid/metadata`;

let gatehouse: Gatehouse;
let browser: ChromiumBrowser;

/** Takes assertions without a look, and answers logout requests in its manner. */
const server = createServer(async (request, reply) => {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const manner = manners.find((one) => path === `/slo/${one}`);
  if (manner === undefined) {
    request.resume();
    reply.end('<!doctype html><title>in</title><p>welcome</p>');
    return;
  }
  if (manner === 'hangs') return;
  const { xml, relayState } = decodeRedirect(query);
  const { id: inResponseTo } = parseLogoutRequest(parseXml(xml));
  const destination = `${gatehouse.publicUrl}/saml/idp/slo`;
  const issuer = entityIdOf(manner);
  const input = {
    id: `_a${Date.now()}`,
    now: Date.now(),
    issuer,
    destination,
    inResponseTo,
    status: 'Success',
  } as const;
  const signer = signerOf(manner === 'forges' ? stranger : pair, 'rsa-sha256');
  const answer = { parameter: 'SAMLResponse', xml: buildLogoutResponse(input), relayState } as const;
  reply.writeHead(303, { location: await buildRedirectUrl(destination, answer, signer) }).end();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const key = `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${Buffer.from(pair.certificate).toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  const partners = manners.map((manner) => ({
    file: `${manner}.xml`,
    settings: { name: manner },
    metadata: `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityIdOf(manner)}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${key}<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${origin}/slo/${manner}"/><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${origin}/acs" index="0"/></md:SPSSODescriptor></md:EntityDescriptor>`,
  }));
  gatehouse = await startGatehouse({
    content: { partners, configuration: { sessions: { logout: { 'answer-seconds': 2 } } } },
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await gatehouse?.stop();
  server.closeAllConnections();
  server.close();
});

async function signedInEverywhere(javaScriptEnabled: boolean) {
  const person = await browser.person({ javaScriptEnabled });
  const { page } = person;
  await page.goto(`${gatehouse.publicUrl}/`);
  await signIn(page, 'eric', passwords.eric);
  for (const manner of manners) {
    await page.goto(`${gatehouse.publicUrl}/saml/idp/start?sp=${encodeURIComponent(entityIdOf(manner))}`);
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('welcome').waitFor();
  }
  await page.goto(`${gatehouse.publicUrl}/logout?GLO=true`);
  await page.getByRole('button', { name: 'Sign out' }).click({ noWaitAfter: true });
  return person;
}

async function readResult({ page }: Awaited<ReturnType<typeof signedInEverywhere>>) {
  await page.getByRole('heading', { name: 'You are signed out here' }).waitFor();
  expect(await page.getByRole('status').textContent()).toContain('1 of 3 applications confirmed.');
  expect(await page.getByRole('listitem').allTextContents()).toEqual([
    'hangs: did not answer',
    'forges: gave an answer that cannot be trusted',
    'answers: signed out',
  ]);
}

test('goes past an application that hangs, by itself', async () => {
  const person = await signedInEverywhere(true);
  await readResult(person);
  expect(person.complaints.filter((text) => /Content Security Policy/.test(text))).toEqual([]);
  await person.context.close();
});

test('without scripts goes past an application that hangs by a link, which is there while the browser waits', async () => {
  const person = await signedInEverywhere(false);
  // Playwright's own click waits for the navigation that hangs.
  const devtools = await person.context.newCDPSession(person.page);
  const expression = `document.getElementById('skip')?.click() ?? document.getElementById('skip')?.textContent ?? ''`;
  const clicked = async () => (await devtools.send('Runtime.evaluate', { expression })).result.value || undefined;
  expect(await poll(clicked, () => 'there is no link to go on')).toBe('Go on without hangs');
  await readResult(person);
  await person.context.close();
});

test('the forged answer was refused with 4xx and recorded once each time', async () => {
  const refused = (await gatehouse.audit()).filter(({ type }) => type === 'saml-request-refused');
  expect(refused.map(({ reason }) => reason)).toEqual(['ERR_SAML_SIGNATURE_INVALID', 'ERR_SAML_SIGNATURE_INVALID']);
});
