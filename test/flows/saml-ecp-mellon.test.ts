/** @module Debian's mellon as the service provider of a client that is no browser, and of a person whose name is encrypted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { createHttpClient, exchange, type HttpClient, type Reply } from '../support/http-client.ts';
import { type MellonPlan, planMellon, type RunningMellon } from '../support/mellon.ts';
import { attributesOf, postedAnswer } from '../support/saml-answer.ts';

let plan: MellonPlan;
let mellon: RunningMellon;
let gatehouse: Gatehouse;

beforeAll(async () => {
  plan = await planMellon({ paos: true });
  const settings = [{}, { encrypt: { what: 'name-id', 'key-transport': 'rsa-oaep-sha1' } }];
  const partners = plan.providers.map(({ hostName, metadata }, index) => ({
    file: `${hostName}.xml`,
    metadata,
    settings: settings[index] ?? {},
  }));
  gatehouse = await startGatehouse({ content: { partners } });
  mellon = await plan.start((await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`)).text);
});
afterAll(async () => {
  await mellon?.stop();
  await gatehouse?.stop();
  await plan?.remove();
});

const authorization = `Basic ${Buffer.from(`eric:${passwords.eric}`).toString('base64')}`;
const blockOf = (envelope: string, name: string) =>
  new RegExp(`<(?:[\\w-]+:)?${name}[\\s>].*?</(?:[\\w-]+:)?${name}>`, 's').exec(envelope)?.[0] ?? '';

/** What saml-profiles §4.2 has the client do: its header blocks stay with it, the rest goes to the identity provider. */
async function asksProvider(
  client: HttpClient,
  wanted: string,
): Promise<{ readonly relayState: string; readonly body: string; readonly acsUrl: string }> {
  const reply = await client.send(wanted, {
    headers: {
      accept: 'text/html, application/vnd.paos+xml',
      paos: 'ver="urn:liberty:paos:2003-08";"urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp"',
    },
  });
  expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/vnd.paos+xml']);
  // The block is taken out of what surrounds it, where its prefixes are declared.
  const declared = [...reply.text.matchAll(/xmlns:(?:s|S|ecp|soap)="[^"]*"/g)].map(([one]) => one);
  const once = [...new Set(declared)].join(' ');
  return {
    relayState: blockOf(reply.text, 'RelayState').replace('RelayState', `RelayState ${once}`),
    acsUrl: attributesOf(reply.text, 'paos:Request')['responseConsumerURL'] ?? '',
    body: reply.text.replace(/<(\w+:)?Header[\s>].*?<\/(\w+:)?Header>/s, ''),
  };
}

function toProvider(client: HttpClient, acsUrl: string, answer: Reply, relayState: string): Promise<Reply> {
  const body = answer.text.replace(/<soap:Header>.*<\/soap:Header>/s, `<soap:Header>${relayState}</soap:Header>`);
  return client.send(acsUrl, { method: 'POST', headers: { 'content-type': 'application/vnd.paos+xml' }, body });
}

test('a client without pages signs on at mellon with name and password', async () => {
  const client = createHttpClient();
  const wanted = `${plan.providers[0].origin}/secure/hello.shtml`;
  const asked = await asksProvider(client, wanted);
  const answer = await exchange(`${gatehouse.publicUrl}/saml/idp/soap`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', authorization },
    body: asked.body,
  });
  expect(answer.status, answer.text).toBe(200);
  // The client compares the two, so that nobody gets an assertion whom it did not ask.
  expect(attributesOf(answer.text, 'ecp:Response')['AssertionConsumerServiceURL']).toBe(asked.acsUrl);
  expect(answer.text).toContain('<ecp:RequestAuthenticated ');
  const taken = await toProvider(client, asked.acsUrl, answer, asked.relayState);
  expect([taken.status, taken.headers.location], await mellon.log()).toEqual([303, wanted]);
  const page = await client.send(wanted);
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('<p id="user">eric</p>')]);
  expect(page.text).toContain('<p id="roles">all</p>');
});

test('a wrong password gets nothing that mellon would take', async () => {
  const client = createHttpClient();
  const asked = await asksProvider(client, `${plan.providers[0].origin}/secure/hello.shtml`);
  const answer = await exchange(`${gatehouse.publicUrl}/saml/idp/soap`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', authorization: `Basic ${Buffer.from('eric:no').toString('base64')}` },
    body: asked.body,
  });
  expect(answer.status).toBe(401);
  const taken = await toProvider(client, asked.acsUrl, answer, asked.relayState);
  expect(taken.status).toBeGreaterThanOrEqual(400);
});

test('mellon reads a name that is encrypted for it, in an assertion that is not', async () => {
  const client = createHttpClient();
  const wanted = `${plan.providers[1].origin}/secure/hello.shtml`;
  const form = await client.open(wanted);
  const answered = await client.submit(form, { j_username: 'eric', j_password: passwords.eric });
  const page =
    answered.status === 303 ? await client.open(new URL(answered.headers.location ?? '', answered.url).href) : answered;
  const { xml } = postedAnswer(page);
  expect(xml).toContain('<saml:EncryptedID>');
  expect(xml).not.toContain('eric');
  const taken = await client.submit(page);
  expect(taken.text, await mellon.log()).toContain('<p id="user">eric</p>');
});
