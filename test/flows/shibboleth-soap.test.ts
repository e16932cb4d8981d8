/** @module Debian's Shibboleth service provider over SOAP: a client that is no browser, and attributes that it asks for itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askIdentityProvider, askServiceProvider, bringAnswer } from '../support/ecp-client.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { createHttpClient, exchange } from '../support/http-client.ts';
import { type Shibboleth, startShibboleth } from '../support/servers/shibboleth.ts';

const idpEntityId = 'https://idp.example.org/saml';

let shibboleth: Shibboleth;
let gatehouse: Gatehouse;

beforeAll(async () => {
  shibboleth = await startShibboleth({ idpEntityId, hosts: { 'app.localhost': 'SOAP' }, soap: true });
  const partners = shibboleth.applications.map(({ metadata }) => ({ file: 'app.xml', metadata }));
  gatehouse = await startGatehouse({ content: { partners, samlIdp: { 'entity-id': idpEntityId } } });
  await shibboleth.trust((await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`)).text);
});
afterAll(async () => {
  await gatehouse?.stop();
  await shibboleth?.stop();
});

const wanted = () => shibboleth.applications[0]?.page ?? '';

test('a client without pages signs on with name and password', async () => {
  const client = createHttpClient();
  const asked = await askServiceProvider(client, wanted());
  const answer = await askIdentityProvider(gatehouse.publicUrl, asked.body, 'eric', passwords.eric);
  expect(answer.status, answer.text).toBe(200);
  const taken = await bringAnswer(client, asked, answer);
  expect([taken.status, taken.headers.location], `${taken.text}${await shibboleth.log()}`).toEqual([302, wanted()]);
  const page = await client.send(wanted());
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('<p id="user">eric</p>')]);
  expect(page.text).toContain('<p id="roles">all</p>');
});

test('shibd asks for the attributes of somebody whose assertion brings none, and is answered', async () => {
  const client = createHttpClient();
  const form = await client.open(wanted());
  // Alan has no roles, so that there is nothing to tell of him.
  const page = await client.submit(form, { j_username: 'alan', j_password: passwords.alan });
  const taken = await client.submit(page);
  expect(taken.text, await shibboleth.log()).toContain('<p id="user">alan</p>');
  const asked = (await gatehouse.audit()).filter(({ type }) => type === 'saml-attributes-queried');
  expect(asked, await shibboleth.log()).toMatchObject([
    { outcome: 'success', reason: 'Success', principal: 'alan', application: shibboleth.applications[0]?.entityId },
  ]);
});
