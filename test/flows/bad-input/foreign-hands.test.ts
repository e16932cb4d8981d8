import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsLogged, expectRefused, type Refusal, sessionsBegun } from '../../support/bad-input.ts';
import { passwords } from '../../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { formOf } from '../../support/html-page.ts';
import { createHttpClient, type HttpClient, type Reply } from '../../support/http-client.ts';
import { authnRequest, metadataOf, redirectUrl, serviceProvider } from '../../support/service-provider.ts';
import { signedIn, signInPath } from '../../support/signed-in.ts';

/** What is meant for one browser, in the hands of another; what is meant for a person, in the hands of a script. */
const sp = serviceProvider('sp');
const forged: Refusal = { status: 403, code: 'ERR_REQUEST_FORGED' };
const right = { j_username: 'eric', j_password: passwords.eric };

let gatehouse: Gatehouse;

beforeAll(async () => {
  gatehouse = await startGatehouse({ content: { partners: [{ file: 'sp.xml', metadata: metadataOf(sp) }] } });
});
afterAll(() => gatehouse?.stop());

const startUrl = () => `${gatehouse.publicUrl}/saml/idp/start?sp=${encodeURIComponent(sp.entityId)}`;

describe.each<readonly [string, () => string]>([
  ['the list of applications', () => gatehouse.publicUrl],
  ['a partner', () => redirectUrl(gatehouse.publicUrl, authnRequest(sp, gatehouse.publicUrl))],
])('a login link for %s', (_name, url) => {
  const attacker = createHttpClient();
  let link: Reply;

  beforeAll(async () => {
    link = await attacker.open(url());
    expect(new URL(link.url).pathname).toMatch(signInPath);
  });

  test.each<readonly [string, () => Promise<HttpClient>]>([
    ['that has never been here', async () => createHttpClient()],
    [
      'with a sign-in page of its own',
      async () => {
        const victim = createHttpClient();
        await victim.open(gatehouse.publicUrl);
        return victim;
      },
    ],
    ['that is signed in', () => signedIn(gatehouse.publicUrl)],
  ])('shows no form in a browser %s', async (_browser, victim) => {
    const client = await victim();
    await expectRefused(gatehouse, forged, () => client.send(link.url));
  });

  test('takes no password from another browser', async () => {
    const victim = createHttpClient();
    await victim.open(gatehouse.publicUrl);
    const form = { ...formOf(link.text).fields, ...right };
    await expectRefused(gatehouse, forged, () => victim.send(link.url, { method: 'POST', form }));
  });

  test('still works where it was begun', async () => {
    expect((await attacker.submit(link, right)).status).toBe(200);
  });
});

describe('a person who is signed in', () => {
  let person: HttpClient;

  beforeAll(async () => {
    person = await signedIn(gatehouse.publicUrl);
  });

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    [
      'a script of another page',
      { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    ],
    [
      'a script of a page on this host',
      { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'empty' },
    ],
    ['a picture', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a frame', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
  ])('is not answered for when %s asks', async (_name, headers) => {
    await expectRefused(gatehouse, forged, async () => {
      const reply = await person.send(startUrl(), { headers });
      expect(reply.text).not.toContain('SAMLResponse');
      return reply;
    });
  });

  test.each(['/', '/logout', '/login/x', '/saml/idp/sso', '/saml/idp/continue?pending=x'])(
    'has no page at %s that a script could read',
    async (path) => {
      const headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };
      await expectRefused(gatehouse, forged, () => person.send(`${gatehouse.publicUrl}${path}`, { headers }));
    },
  );

  test('is answered for when he goes there himself', async () => {
    const headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await person.send(startUrl(), { headers })).text).toContain('SAMLResponse');
  });
});

test('only who had a right to began a session, and none of it was an error of ours', async () => {
  expect(await sessionsBegun(gatehouse)).toBe(5);
  expect(await errorsLogged(gatehouse)).toEqual([]);
});
