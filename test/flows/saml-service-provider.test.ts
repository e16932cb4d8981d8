/** @module Applications of ours sign people in at a foreign identity provider: Debian's SimpleSAMLphp, by every way that it knows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '../support/http-client.ts';
import { answerFor, type RunningSamlApplications, startSamlApplications, toldOf } from '../support/saml-application.ts';
import { type SimpleSamlPhp, simpleSamlPhpUsers, startSimpleSamlPhp } from '../support/servers/simplesamlphp.ts';
import { xmllintValidate } from '../support/xml-judges.ts';

const eric = { name: 'eric', password: simpleSamlPhpUsers.eric.password };
const alan = { name: 'alan', password: simpleSamlPhpUsers.alan.password };
let idp: SimpleSamlPhp;
let encrypting: SimpleSamlPhp;
/** Asked by the server itself, so its name has to be one that every resolver knows. */
let fetched: SimpleSamlPhp;
let ours: RunningSamlApplications;

beforeAll(async () => {
  [idp, encrypting, fetched] = await Promise.all([
    startSimpleSamlPhp({ hostName: 'idp.localhost', idp: {} }),
    startSimpleSamlPhp({ hostName: 'encrypting.localhost', idp: { 'assertion.encryption': true } }),
    startSimpleSamlPhp({ hostName: 'localhost', idp: { 'saml20.sendartifact': true } }),
  ]);
  const metadata = await idp.metadata();
  ours = await startSamlApplications({
    providers: {
      php: { metadata },
      beginning: { metadata, settings: { 'idp-initiated': 'allowed' } },
      fetched: { metadata: await fetched.metadata() },
      encrypting: {
        metadata: await encrypting.metadata(),
        settings: { 'decryption-ciphers': ['aes128-cbc'], 'request-binding': 'redirect' },
      },
    },
    applications: {
      reports: { 'identity-providers': ['php'] },
      portal: { 'identity-providers': ['beginning'] },
      secret: { 'identity-providers': ['encrypting'] },
      fetching: { 'identity-providers': ['fetched'], 'response-binding': 'artifact' },
      choosing: { 'identity-providers': ['php', 'encrypting'] },
    },
  });
  for (const name of ['reports', 'portal', 'choosing']) await idp.trust(name, await ours.metadataOf(name));
  await fetched.trust('fetching', await ours.metadataOf('fetching'));
  for (const name of ['secret', 'choosing']) await encrypting.trust(name, await ours.metadataOf(name));
});
afterAll(async () => {
  await ours?.stop();
  await idp?.stop();
  await encrypting?.stop();
  await fetched?.stop();
});

const told = (application: string) => ({ url: `/${application}/secure/page?a=b`, user: 'eric', roles: 'all,staff' });

describe('an application behind the gateway, with SimpleSAMLphp as its identity provider', () => {
  test.each(['reports', 'secret', 'fetching'])('%s lets in whom it vouches for', async (application) => {
    const { client, page } = await answerFor(ours.pageOf(application), eric);
    const arrived = page.headers['content-type']?.includes('json') ? page : await client.submit(page);
    expect(toldOf(arrived)).toEqual(told(application));
  });

  test('does not let in whom it vouches for without the role', async () => {
    const { client, page } = await answerFor(ours.pageOf('reports'), alan);
    expect((await client.submit(page)).status).toBe(403);
  });

  test('asks for no second sign-in where there is a session', async () => {
    const { client, page } = await answerFor(ours.pageOf('reports'), eric);
    await client.submit(page);
    expect(toldOf(await client.open(ours.pageOf('reports')))).toEqual(told('reports'));
  });

  test('offers a choice where it has several', async () => {
    const client = createHttpClient();
    const page = await client.open(ours.pageOf('choosing'));
    expect(page.status).toBe(200);
    const links = [...page.text.matchAll(/href="([^"]*idp=[^"]*)"/g)].map(([, href = '']) =>
      href.replaceAll('&amp;', '&'),
    );
    expect(links).toHaveLength(2);
    const chosen = links.find((href) => href.includes(encodeURIComponent(encrypting.entityId))) ?? '';
    const answered = await answerFor(new URL(chosen, page.url).href, eric, client);
    expect(answered.page.url).toContain('encrypting.localhost');
  });

  test('takes an answer that nobody asked for only where that is allowed, and lands on the front page', async () => {
    const portal = `${ours.gatehouse.publicUrl}/saml/sp/portal/metadata`;
    const begun = await answerFor(idp.startAt(portal), eric);
    const arrived = await begun.client.submit(begun.page);
    expect(toldOf(arrived)).toMatchObject({ url: '/portal/' });

    const reports = `${ours.gatehouse.publicUrl}/saml/sp/reports/metadata`;
    const refused = await answerFor(idp.startAt(reports), eric);
    const answer = await refused.client.submit(refused.page);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('ERR_SAML_IN_RESPONSE_TO');
  });

  test('refuses an answer in another browser than the one that asked', async () => {
    const attacker = await answerFor(ours.pageOf('reports'), eric);
    const victim = createHttpClient();
    await victim.open(ours.pageOf('reports'));
    const answer = await victim.submit(attacker.page);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('ERR_SAML_IN_RESPONSE_TO');
  });

  test('says in its audit log who vouched, and explains the decision', async () => {
    const { client, page } = await answerFor(ours.pageOf('reports'), eric);
    await client.submit(page);
    const login = (await ours.gatehouse.audit()).findLast(({ type }) => type === 'login');
    expect(login).toMatchObject({ outcome: 'success', principal: 'eric', application: 'reports', domain: 'federated' });
    const explained = await ours.gatehouse.explain(login?.decision ?? '');
    expect(explained.stdout).toContain(idp.entityId);
    expect(explained.stdout).toContain('SAML2');
  });

  test('publishes metadata that is valid by the OASIS schema', async () => {
    for (const name of ['reports', 'fetching']) {
      expect(xmllintValidate(await ours.metadataOf(name), 'metadata')).toMatchObject({ accepted: true });
    }
  });
});
