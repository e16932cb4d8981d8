/** @module Debian's mellon as the service provider of a client that is no browser, and of a person whose name is encrypted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askIdentityProvider, askServiceProvider, bringAnswer } from '../support/ecp-client.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { createHttpClient, exchange } from '../support/http-client.ts';
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

const wantedAt = (index: 0 | 1) => `${plan.providers[index].origin}/secure/hello.shtml`;

test('a client without pages signs on at mellon with name and password', async () => {
  const client = createHttpClient();
  const asked = await askServiceProvider(client, wantedAt(0));
  const answer = await askIdentityProvider(gatehouse.publicUrl, asked.body, 'eric', passwords.eric);
  expect(answer.status, answer.text).toBe(200);
  // The client compares the two, so that nobody gets an assertion whom it did not ask.
  expect(attributesOf(answer.text, 'ecp:Response')['AssertionConsumerServiceURL']).toBe(asked.acsUrl);
  expect(answer.text).toContain('<ecp:RequestAuthenticated ');
  const taken = await bringAnswer(client, asked, answer);
  expect([taken.status, taken.headers.location], await mellon.log()).toEqual([303, wantedAt(0)]);
  const page = await client.send(wantedAt(0));
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('<p id="user">eric</p>')]);
  expect(page.text).toContain('<p id="roles">all</p>');
});

test('a wrong password gets nothing that mellon would take', async () => {
  const client = createHttpClient();
  const asked = await askServiceProvider(client, wantedAt(0));
  const answer = await askIdentityProvider(gatehouse.publicUrl, asked.body, 'eric', 'wrong');
  expect(answer.status).toBe(401);
  expect((await bringAnswer(client, asked, answer)).status).toBeGreaterThanOrEqual(400);
});

test('mellon reads a name that is encrypted for it, in an assertion that is not', async () => {
  const client = createHttpClient();
  const form = await client.open(wantedAt(1));
  const page = await client.submit(form, { j_username: 'eric', j_password: passwords.eric });
  const { xml } = postedAnswer(page);
  expect(xml).toContain('<saml:EncryptedID>');
  expect(xml).not.toContain('eric');
  const taken = await client.submit(page);
  expect(taken.text, await mellon.log()).toContain('<p id="user">eric</p>');
});
