import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  errorsLogged,
  expectRefused,
  expectSecurityHeaders,
  type Refusal,
  sessionsBegun,
} from '../../support/bad-input.ts';
import { passwords } from '../../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { formOf } from '../../support/html-page.ts';
import { createHttpClient, exchange, type HttpClient } from '../../support/http-client.ts';
import {
  authnRequest,
  encoded,
  metadataOf,
  redirectUrl,
  serviceProvider,
  ssoUrlOf,
} from '../../support/service-provider.ts';
import { signedIn, signInPath } from '../../support/signed-in.ts';

const sp = serviceProvider('sp');
const malformed: Refusal = { status: 400, code: 'ERR_REQUEST_MALFORMED' };
const forged: Refusal = { status: 403, code: 'ERR_REQUEST_FORGED' };
const unknown: Refusal = { status: 403, code: 'ERR_SAML_UNKNOWN_PARTNER' };
const tooLarge: Refusal = { status: 413, code: 'ERR_REQUEST_TOO_LARGE' };
const over: Refusal = { status: 410, code: 'ERR_LOGIN_EXPIRED' };

let gatehouse: Gatehouse;

beforeAll(async () => {
  gatehouse = await startGatehouse({ content: { partners: [{ file: 'sp.xml', metadata: metadataOf(sp) }] } });
});
afterAll(() => gatehouse?.stop());

describe('the start at the identity provider', () => {
  test.each<readonly [string, string, Refusal]>([
    ['without a partner', '', malformed],
    ['with two partners', `sp=${sp.entityId}&sp=${sp.entityId}`, malformed],
    ['with a partner that is nobody', 'sp=https://evil.invalid', unknown],
    ['with an empty partner', 'sp=', unknown],
    ['with a part of an object as partner', 'sp=__proto__', unknown],
    ['with a NUL', `sp=${encodeURIComponent(sp.entityId)}%00`, unknown],
    ['with a line break in the partner', 'sp=a%0d%0aSet-Cookie:%20x=y', unknown],
    ['with two RelayStates', `sp=${sp.entityId}&RelayState=a&RelayState=b`, malformed],
    ['with a RelayState that is too long', `sp=${sp.entityId}&RelayState=${'x'.repeat(1025)}`, tooLarge],
  ])('%s is refused', async (_name, query, refusal) => {
    await expectRefused(gatehouse, refusal, () => exchange(`${gatehouse.publicUrl}/saml/idp/start?${query}`));
  });
});

describe('going on after the login', () => {
  test.each<readonly [string, string, Refusal]>([
    ['with nothing', '', malformed],
    ['with two ids', 'pending=a&pending=b', malformed],
    ['with an id that is none', 'pending=x', over],
    ['with an id that nobody has', `pending=${'A'.repeat(43)}`, over],
    ['with a NUL', 'pending=%00', over],
  ])('%s is refused', async (_name, query, refusal) => {
    const client = await signedIn(gatehouse.publicUrl);
    await expectRefused(gatehouse, refusal, () => client.send(`${gatehouse.publicUrl}/saml/idp/continue?${query}`));
  });

  const continueUrl = (id: string | undefined) => `${gatehouse.publicUrl}/saml/idp/continue?pending=${id}`;
  const parkedIn = (location: string | undefined) => location?.split(/[/=]/).at(-1);
  const redirect = () => redirectUrl(gatehouse.publicUrl, authnRequest(sp, gatehouse.publicUrl));
  const post = (client: HttpClient) =>
    client.send(ssoUrlOf(gatehouse.publicUrl), {
      method: 'POST',
      form: { SAMLRequest: encoded(authnRequest(sp, gatehouse.publicUrl)) },
    });

  test('with an id of the portal is refused: what was parked there is no request of a partner', async () => {
    const client = createHttpClient();
    const id = parkedIn((await client.open(gatehouse.publicUrl)).url);
    await expectRefused(gatehouse, over, () => client.send(continueUrl(id)));
  });

  test('with an id of another browser is refused', async () => {
    const id = parkedIn((await createHttpClient().send(redirect())).headers.location);
    const client = await signedIn(gatehouse.publicUrl);
    await expectRefused(gatehouse, forged, () => client.send(continueUrl(id)));
  });

  test('answers a request once, also when asked ten times at once', async () => {
    const client = await signedIn(gatehouse.publicUrl);
    const id = parkedIn((await post(client)).headers.location);
    const replies = await Promise.all(Array.from({ length: 10 }, () => client.send(continueUrl(id))));
    expect(replies.filter(({ text }) => text.includes('SAMLResponse'))).toHaveLength(1);
    expect(replies.filter(({ status, text }) => status === 409 && text.includes('ERR_LOGIN_CLAIMED'))).toHaveLength(9);
  });

  test('is not possible before the login: it leads to the form', async () => {
    const client = createHttpClient();
    const id = parkedIn((await client.send(redirect())).headers.location);
    const reply = await client.send(continueUrl(id));
    expect(reply.headers.location).toBe(`/login/${id}`);
    expect(reply.text).not.toContain('SAMLResponse');
  });

  test('after a POST from a partner’s page binds the request to the browser, under another id', async () => {
    const client = createHttpClient();
    const posted = await post(client);
    expect(posted.setCookies).toEqual([]);
    const id = parkedIn(posted.headers.location);
    const bound = await client.send(continueUrl(id));
    expect(bound.headers.location).toMatch(signInPath);
    expect(parkedIn(bound.headers.location)).not.toBe(id);
    expect(bound.setCookies).toEqual([expect.stringMatching(/^GATEHOUSEBROWSER=/)]);
    await expectRefused(gatehouse, forged, () => client.send(`${gatehouse.publicUrl}/login/${id}`));
    const form = await client.open(`${gatehouse.publicUrl}${bound.headers.location}`);
    const answer = await client.submit(form, { j_username: 'eric', j_password: passwords.eric });
    expect(answer.text).toContain('SAMLResponse');
  });

  test('a fresh login that was asked for is not skipped with an older session', async () => {
    const client = await signedIn(gatehouse.publicUrl);
    const xml = authnRequest(sp, gatehouse.publicUrl, { attributes: ' ForceAuthn="true"' });
    const form = await client.open(redirectUrl(gatehouse.publicUrl, xml));
    const id = form.url.split('/').at(-1);
    const reply = await client.send(`${gatehouse.publicUrl}/saml/idp/continue?pending=${id}`);
    expect(reply.headers.location).toBe(`/login/${id}`);
  });
});

describe('the sign-out', () => {
  test('by a picture on a foreign page changes nothing', async () => {
    const client = await signedIn(gatehouse.publicUrl);
    await client.send(`${gatehouse.publicUrl}/logout`);
    expect((await client.send(gatehouse.publicUrl)).status).toBe(200);
  });

  test.each<readonly [string, Readonly<Record<string, string>>, Refusal]>([
    ['without a token', {}, malformed],
    ['with a token that is none', { csrf: 'x' }, forged],
    ['with a guessed token', { csrf: 'A'.repeat(43) }, forged],
  ])('%s is refused, and the session lives on', async (_name, form, refusal) => {
    const client = await signedIn(gatehouse.publicUrl);
    await expectRefused(gatehouse, refusal, () =>
      client.send(`${gatehouse.publicUrl}/logout`, { method: 'POST', form }),
    );
    expect((await client.send(gatehouse.publicUrl)).status).toBe(200);
  });

  test('with the token of another browser is refused, and the session lives on', async () => {
    const [client, other] = [await signedIn(gatehouse.publicUrl), await signedIn(gatehouse.publicUrl)];
    const foreign = formOf((await other.send(`${gatehouse.publicUrl}/logout`)).text).fields;
    const post = () => client.send(`${gatehouse.publicUrl}/logout`, { method: 'POST', form: foreign });
    await expectRefused(gatehouse, forged, post);
    expect((await client.send(gatehouse.publicUrl)).status).toBe(200);
  });

  test('ends the session for good: the old cookie opens nothing', async () => {
    const client = await signedIn(gatehouse.publicUrl);
    const kept = client.cookie('localhost', 'GATEHOUSESSO') ?? '';
    await client.submit(await client.open(`${gatehouse.publicUrl}/logout`));
    const thief = createHttpClient();
    thief.setCookie('localhost', 'GATEHOUSESSO', kept);
    expect((await thief.send(gatehouse.publicUrl)).status).toBe(303);
  });
});

test.each(['/login/%E0%A4%A', '/%FF', '/saml/idp/%C0%AE'])(
  'an address that is no UTF-8, %s, is refused',
  async (rawPath) => {
    await expectRefused(gatehouse, malformed, () => exchange(gatehouse.publicUrl, { rawPath }));
  },
);

test('an address that there is not is a clear page', async () => {
  const reply = await exchange(`${gatehouse.publicUrl}/nowhere`);
  expect(reply.status).toBe(404);
  expect(reply.text).toContain('ERR_NOT_FOUND');
  expectSecurityHeaders(reply);
});

describe('no address of ours sends anybody to another host', () => {
  test.each([
    '//evil.invalid',
    '/%2F%2Fevil.invalid',
    '/\\evil.invalid',
    '/login/..%2f..%2f%2fevil.invalid',
    '/?pending=https://evil.invalid',
    '/?pending=//evil.invalid',
    '/logout?RelayState=https://evil.invalid',
    '/saml/idp/start?sp=https://evil.invalid&RelayState=https://evil.invalid',
    '/saml/idp/continue?pending=https://evil.invalid',
    '/saml/idp/sso?RelayState=https://evil.invalid',
  ])('%s', async (path) => {
    for (const client of [createHttpClient(), await signedIn(gatehouse.publicUrl)]) {
      const { headers } = await client.send(`${gatehouse.publicUrl}${path}`);
      // The WHATWG URL reader is what a browser makes of it.
      if (headers.location !== undefined)
        expect(new URL(headers.location, gatehouse.publicUrl).origin).toBe(gatehouse.publicUrl);
    }
  });

  test.each(['host', 'x-forwarded-host', 'x-original-url', 'forwarded'])('not when %s says so', async (name) => {
    const reply = await exchange(gatehouse.publicUrl, { headers: { [name]: 'evil.invalid' } });
    expect(reply.status).toBe(303);
    expect(reply.headers.location).toMatch(signInPath);
  });
});

test('what begins nothing has begun nothing, and none of it was an error of ours', async () => {
  const before = await sessionsBegun(gatehouse);
  for (const path of ['/', '/logout', '/saml/idp/metadata']) await exchange(`${gatehouse.publicUrl}${path}`);
  expect(await sessionsBegun(gatehouse)).toBe(before);
  expect(await errorsLogged(gatehouse)).toEqual([]);
});
