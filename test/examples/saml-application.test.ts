/** @module examples/saml-application as it stands, with an identity provider on paper: its metadata, and the answers that it would sign. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAuthnRequest } from '../../src/wire/saml/authn-request.ts';
import { decodeRedirect } from '../../src/wire/saml/bindings.ts';
import { buildIdpMetadata } from '../../src/wire/saml/metadata-writer.ts';
import { issueResponse } from '../../src/wire/saml/response.ts';
import { parseXml } from '../../src/wire/xml/parse.ts';
import { startEchoApplication } from '../support/echo-application.ts';
import { createHttpClient } from '../support/http-client.ts';
import { startInProcess } from '../support/in-process-server.ts';
import { makeKeyPair, signerOf } from '../support/keys.ts';
import { toldOf } from '../support/saml-application.ts';
import { metadataInput, responseInput } from '../support/saml-input.ts';

const folder = 'examples/saml-application';
const idp = makeKeyPair('rsa');
const signer = signerOf(idp, 'rsa-sha256');
let application: Awaited<ReturnType<typeof startEchoApplication>>;
let server: Awaited<ReturnType<typeof startInProcess>>;

beforeAll(async () => {
  application = await startEchoApplication();
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
  const metadata = await buildIdpMetadata(metadataInput([idp.certificate], Date.now() + 3600_000), signer);
  server = await startInProcess({
    files: { ...Object.fromEntries(files), 'organization-idp.xml': metadata },
    change: (configuration) => ({
      ...configuration,
      applications: configuration.applications.map((one) => ({ ...one, upstream: application.origin })),
    }),
  });
});
afterAll(async () => {
  await server?.stop();
  await application?.stop();
});

/** Opens a page, and answers the request that it leads to about the person of that name. */
async function openAs(name: string, path: string) {
  const client = createHttpClient();
  let reply = await client.send(`${server.url}${path}`);
  while (reply.headers.location?.startsWith('/')) reply = await client.send(`${server.url}${reply.headers.location}`);
  const sent = decodeRedirect(new URL(reply.headers.location ?? '').search.slice(1));
  const { id, issuer, acsUrl = '' } = parseAuthnRequest(parseXml(sent.xml));
  const input = responseInput(Date.now(), {
    ...{ responseId: `_r${name}`, assertionId: `_a${name}`, inResponseTo: id, audience: issuer, destination: acsUrl },
    nameId: { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified', value: name },
  });
  const answer = Buffer.from(await issueResponse(input, signer)).toString('base64');
  return client.open(acsUrl, { method: 'POST', form: { SAMLResponse: answer, RelayState: sent.relayState ?? '' } });
}

test('a person has the roles that the identity provider gives and those that are written here', async () => {
  expect(toldOf(await openAs('eric', '/reports/keepers/list'))).toEqual({
    url: '/reports/keepers/list',
    user: 'eric',
    roles: 'admin,R&D%20<lab>,keeper',
  });
});

test('a person who is written nowhere has the roles that the identity provider gives', async () => {
  expect((await openAs('mary', '/reports/keepers/list')).status).toBe(403);
  expect(toldOf(await openAs('anne', '/reports/'))).toMatchObject({ user: 'anne' });
});
