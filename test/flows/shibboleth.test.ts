/** @module Debian's Shibboleth service provider against our identity provider, in Chromium. */
import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeRedirect } from '../../src/wire/saml/bindings.ts';
import { type ChromiumBrowser, launchChromium, type Person, signIn } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange } from '../support/http-client.ts';
import { poll } from '../support/poll.ts';
import { type Shibboleth, startShibboleth } from '../support/servers/shibboleth.ts';
import { metadataOf, serviceProvider } from '../support/service-provider.ts';
import { signInPath } from '../support/signed-in.ts';

const idpEntityId = 'https://idp.example.org/saml';

/** A partner that cannot be told of a logout. */
const silent = serviceProvider('silent');

let shibboleth: Shibboleth;
let gatehouse: Gatehouse;
let browser: ChromiumBrowser;

/** Told of a logout by SOAP, by POST, by Redirect. */
const names = ['soap', 'post', 'redirect'] as const;
type Name = (typeof names)[number];
const application = (name: Name) => shibboleth.applications[names.indexOf(name)]!;

beforeAll(async () => {
  shibboleth = await startShibboleth({
    idpEntityId,
    hosts: { 'soap.localhost': 'SOAP', 'post.localhost': 'HTTP-POST', 'redirect.localhost': 'HTTP-Redirect' },
  });
  const settings = {
    encrypt: {},
    attributes: [
      { name: 'Role', from: 'roles' },
      { name: 'urn:oasis:names:tc:SAML:attribute:subject-id', from: 'subject-id' },
      { name: 'urn:oasis:names:tc:SAML:attribute:pairwise-id', from: 'pairwise-id' },
    ],
  };
  const partners = names.map((name) => ({
    file: `${name}.xml`,
    metadata: application(name).metadata,
    settings: { ...settings, name: `Shibboleth by ${name}` },
  }));
  gatehouse = await startGatehouse({
    content: {
      partners: [...partners, { file: 'silent.xml', metadata: metadataOf(silent) }],
      samlIdp: { 'entity-id': idpEntityId, scope: 'example.org' },
      // A busy machine must not make the chain go past an application that is only slow.
      configuration: { sessions: { logout: { 'answer-seconds': 60 } } },
    },
  });
  const keys = (...args: readonly string[]) => runGatehouse(['keys', ...args, '--home', gatehouse.home, '--json']);
  const { key } = JSON.parse((await keys('add', '--use', 'encryption', '--type', 'rsa-2048')).stdout);
  await keys('publish', key.id);
  const metadata = async () => {
    const { text } = await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`);
    return text.includes('use="encryption"') ? text : undefined;
  };
  await shibboleth.trust(await poll(metadata, () => 'the key for encryption does not get into our metadata'));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await gatehouse?.stop();
  await shibboleth?.stop();
});

const isSignInPage = (url: string) => signInPath.test(new URL(url).pathname);

/** What Shibboleth complains of is on its page and in its log. */
async function withPerson(use: (person: Person) => Promise<void>): Promise<void> {
  const person = await browser.person();
  try {
    await use(person);
  } catch (cause) {
    throw new Error(`${await person.page.locator('body').innerText()}\n${await shibboleth.log()}`, { cause });
  } finally {
    await person.context.close();
  }
}

async function signedInAt(page: Page, asked: readonly Name[]): Promise<void> {
  for (const [index, name] of asked.entries()) {
    await page.goto(application(name).page);
    if (index === 0) await signIn(page, 'eric', passwords.eric);
    await page.waitForURL(application(name).page);
  }
}

async function asksForPasswordAt(page: Page, asked: readonly Name[]): Promise<void> {
  for (const name of asked) {
    await page.goto(application(name).page);
    expect(isSignInPage(page.url()), page.url()).toBe(true);
  }
}

async function lastOutcomes(count: number): Promise<Readonly<Record<string, string>>> {
  const finished = (await gatehouse.audit()).filter(({ type }) => type === 'logout-participant');
  return Object.fromEntries(finished.slice(-count).map(({ application: name, reason }) => [name ?? '', reason ?? '']));
}

/** By Redirect or by POST. */
function logoutRequestOf(request: Request): string {
  const post = new URLSearchParams(request.postData() ?? '').get('SAMLRequest');
  if (post !== null) return Buffer.from(post, 'base64').toString('utf8');
  return decodeRedirect(new URL(request.url()).search.slice(1)).xml;
}

test('a signed request is answered with an encrypted assertion, and the page knows name, roles and identifiers', () =>
  withPerson(async ({ page, complaints }) => {
    const answers: string[] = [];
    page.on('request', (request) => {
      const message = new URLSearchParams(request.postData() ?? '').get('SAMLResponse');
      if (message !== null) answers.push(Buffer.from(message, 'base64').toString('utf8'));
    });
    const asked = page.waitForRequest((request) => request.url().includes('/saml/idp/sso?'));
    await page.goto(application('soap').page);
    expect((await asked).url()).toMatch(/[?&]SAMLRequest=.*&SigAlg=.*&Signature=/);
    expect(isSignInPage(page.url()), page.url()).toBe(true);
    await signIn(page, 'eric', passwords.eric);
    await page.waitForURL(application('soap').page);
    expect(await page.locator('#user').textContent()).toBe('eric');
    expect(await page.locator('#roles').textContent()).toBe('all');
    expect(await page.locator('#subject-id').textContent()).toMatch(/^[^@]+@example\.org$/);
    expect(await page.locator('#pairwise-id').textContent()).toMatch(/^[^@]+@example\.org$/);
    expect(await page.locator('#context').textContent()).toBe(
      'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    );
    expect(answers).toEqual([expect.stringContaining('http://www.w3.org/2009/xmlenc11#aes256-gcm')]);
    expect(answers[0]).toContain('http://www.w3.org/2009/xmlenc11#rsa-oaep');
    expect(answers[0]).not.toContain('<saml:Assertion');
    expect(complaints.filter((text) => text.startsWith(gatehouse.publicUrl))).toEqual([]);
  }));

test('the same person has another pairwise-id at each application and the same subject-id', () =>
  withPerson(async ({ page }) => {
    const seen: (string | null)[][] = [];
    await page.goto(application('soap').page);
    await signIn(page, 'eric', passwords.eric);
    for (const name of ['soap', 'redirect'] as const) {
      await page.goto(application(name).page);
      await page.waitForURL(application(name).page);
      seen.push([await page.locator('#subject-id').textContent(), await page.locator('#pairwise-id').textContent()]);
    }
    expect(seen[0]?.[0]).toBe(seen[1]?.[0]);
    expect(seen[0]?.[1]).not.toBe(seen[1]?.[1]);
  }));

test('an unsigned request of an application that signs is refused', async () => {
  const url = new URL(`${application('soap').origin}/Shibboleth.sso/Login`);
  const to = (await exchange(url.href)).headers.location ?? '';
  const unsigned = to.replace(/&SigAlg=.*$/, '');
  expect(unsigned).not.toBe(to);
  const refused = await exchange(unsigned);
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('ERR_SAML_SIGNATURE_REQUIRED');
});

test('who begins at the identity provider gets in at the address of RelayState', () =>
  withPerson(async ({ page }) => {
    const { entityId, page: wanted } = application('post');
    const query = new URLSearchParams({ sp: entityId, RelayState: wanted });
    await page.goto(`${gatehouse.publicUrl}/saml/idp/start?${query}`);
    await signIn(page, 'brian', passwords.brian);
    await page.waitForURL(wanted);
    expect(await page.locator('#user').textContent()).toBe('brian');
    expect(await page.locator('#roles').textContent()).toBe('C');
  }));

test('an answer that it asks for by artifact is fetched by shibd over SOAP', () =>
  withPerson(async ({ page }) => {
    const { origin, page: wanted } = application('redirect');
    const carried = page.waitForRequest((request) => request.url().includes('SAMLart='));
    await page.goto(`${origin}/Shibboleth.sso/Login?${new URLSearchParams({ target: wanted, acsIndex: '2' })}`);
    await signIn(page, 'amar', passwords.amar);
    await carried;
    await page.waitForURL(wanted);
    expect(await page.locator('#user').textContent()).toBe('amar');
  }));

test('ForceAuthn asks for the password again, isPassive does not ask and says so', () =>
  withPerson(async ({ page }) => {
    const { origin, page: wanted } = application('soap');
    const login = (more: Readonly<Record<string, string>>) =>
      `${origin}/Shibboleth.sso/Login?${new URLSearchParams({ target: wanted, ...more })}`;
    await page.goto(login({ isPassive: 'true' }));
    await page.waitForURL((url) => url.origin === origin);
    expect(await page.locator('#user').count()).toBe(0);
    await signedInAt(page, ['soap']);
    await page.goto(login({ forceAuthn: 'true' }));
    expect(isSignInPage(page.url()), page.url()).toBe(true);
  }));

test('a logout at Gatehouse ends all three: by SOAP, by POST and by Redirect', () =>
  withPerson(async ({ page, complaints }) => {
    await signedInAt(page, names);
    await page.goto(`${gatehouse.publicUrl}/logout?GLO=true`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor();
    expect(await page.getByRole('status').textContent()).toContain('3 of 3 applications confirmed.');
    expect(complaints.filter((text) => text.startsWith(gatehouse.publicUrl))).toEqual([]);
    expect(await lastOutcomes(3)).toEqual(
      Object.fromEntries(names.map((name) => [application(name).entityId, 'confirmed'])),
    );
    await asksForPasswordAt(page, names);
  }));

test.each(names)('a logout that the application told by %s begins ends the others', (name) =>
  withPerson(async ({ page }) => {
    await signedInAt(page, names);
    const back = `${application(name).origin}/index.html`;
    const asked = page.waitForRequest((request) => request.url().startsWith(`${gatehouse.publicUrl}/saml/idp/slo`));
    await page.goto(`${application(name).origin}/Shibboleth.sso/Logout?return=${encodeURIComponent(back)}`);
    expect(logoutRequestOf(await asked)).toContain('EncryptedID');
    await page.waitForURL(back);
    expect(await lastOutcomes(3)).toEqual(
      Object.fromEntries(names.map((one) => [application(one).entityId, one === name ? 'asked-for-it' : 'confirmed'])),
    );
    await asksForPasswordAt(page, names);
  }),
);

test('where an application could not be told, the one that began the logout says so', () =>
  withPerson(async ({ page }) => {
    await signedInAt(page, ['redirect']);
    const answered = page.waitForRequest((request) => request.url() === silent.acsUrl);
    await page.route(silent.acsUrl, (route) => route.fulfill({ body: 'in' }));
    await page.goto(`${gatehouse.publicUrl}/saml/idp/start?sp=${encodeURIComponent(silent.entityId)}`);
    await answered;
    const { origin } = application('redirect');
    // With an address to return to it would go there whatever the status is.
    await page.goto(`${origin}/Shibboleth.sso/Logout`);
    await page.waitForURL((url) => url.origin === origin);
    expect(await page.title()).toBe('Partial Logout');
  }));
