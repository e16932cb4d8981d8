/** @module Applications of ours sign people in at a foreign identity provider: Debian's SimpleSAMLphp. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFor, type RunningSamlApplications, startSamlApplications, toldOf } from '../support/saml-application.ts';
import { type SimpleSamlPhp, simpleSamlPhpUsers, startSimpleSamlPhp } from '../support/servers/simplesamlphp.ts';

const { eric } = simpleSamlPhpUsers;
let idp: SimpleSamlPhp;
let ours: RunningSamlApplications;

beforeAll(async () => {
  idp = await startSimpleSamlPhp({ hostName: 'idp.localhost', idp: {} });
  ours = await startSamlApplications({
    providers: { php: { metadata: await idp.metadata() } },
    applications: { reports: {} },
  });
  await idp.trust('reports', await ours.metadataOf('reports'));
});
afterAll(async () => {
  await ours?.stop();
  await idp?.stop();
});

describe('an application behind the gateway, with SimpleSAMLphp as its identity provider', () => {
  test('lets in whom it vouches for, under his name and with the roles of the attribute', async () => {
    const { client, page } = await answerFor(ours.pageOf('reports'), { name: 'eric', password: eric.password });
    expect(toldOf(await client.submit(page))).toEqual({
      url: '/reports/secure/page?a=b',
      user: 'eric',
      roles: 'all,staff',
    });
  });
});
