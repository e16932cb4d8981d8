/** @module Debian's SimpleSAMLphp as service providers against our identity provider, in Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChromiumBrowser, launchChromium, type Person, signIn } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange } from '../support/http-client.ts';
import { type SimpleSamlPhp, startSimpleSamlPhp } from '../support/servers/simplesamlphp.ts';
import { signInPath } from '../support/signed-in.ts';

const idpEntityId = 'https://idp.example.org/saml';
const binding = (name: string) => `urn:oasis:names:tc:SAML:2.0:bindings:${name}`;

/** Told of a logout by Redirect and by POST; the first opens encrypted assertions. */
const names = ['redirect', 'post'] as const;
type Name = (typeof names)[number];

let php: SimpleSamlPhp;
let gatehouse: Gatehouse;
let browser: ChromiumBrowser;

beforeAll(async () => {
  const settings = { idp: idpEntityId, 'sign.authnrequest': true, 'sign.logout': true, WantAssertionsSigned: true };
  php = await startSimpleSamlPhp({
    hostName: 'php.localhost',
    serviceProviders: {
      redirect: {
        ...settings,
        NameIDPolicy: { Format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified', AllowCreate: true },
        SingleLogoutServiceBinding: [binding('HTTP-Redirect')],
      },
      post: { ...settings, SingleLogoutServiceBinding: [binding('HTTP-POST')] },
    },
  });
  const partners = await Promise.all(
    names.map(async (name) => ({
      file: `${name}.xml`,
      metadata: await php.metadata(name),
      settings: {
        name: `SimpleSAMLphp by ${name}`,
        ...(name === 'redirect' ? { encrypt: { 'key-transport': 'rsa-oaep-sha1' } } : { sign: 'both' }),
      },
    })),
  );
  gatehouse = await startGatehouse({
    content: {
      partners,
      samlIdp: { 'entity-id': idpEntityId },
      // A busy machine must not make the chain go past an application that is only slow.
      configuration: { sessions: { logout: { 'answer-seconds': 60 } } },
    },
  });
  await php.trust('gatehouse', (await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`)).text);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await gatehouse?.stop();
  await php?.stop();
});

const pageOf = (name: Name) => `${php.origin}/app/${name}/page`;
const isSignInPage = (url: string) => signInPath.test(new URL(url).pathname);

/** What SimpleSAMLphp complains of is on its page and in its log. */
async function withPerson(use: (person: Person) => Promise<void>): Promise<void> {
  const person = await browser.person();
  try {
    await use(person);
  } catch (cause) {
    throw new Error(`${await person.page.locator('body').innerText()}\n${await php.log()}`, { cause });
  } finally {
    await person.context.close();
  }
}

async function signedInAtBoth(page: Page): Promise<void> {
  await page.goto(pageOf('redirect'));
  await signIn(page, 'eric', passwords.eric);
  await page.waitForURL(pageOf('redirect'));
  await page.goto(pageOf('post'));
  await page.waitForURL(pageOf('post'));
}

async function asksForPasswordAtBoth(page: Page): Promise<void> {
  for (const name of names) {
    await page.goto(pageOf(name));
    expect(isSignInPage(page.url()), page.url()).toBe(true);
  }
}

async function lastOutcomes(): Promise<Readonly<Record<string, string>>> {
  const finished = (await gatehouse.audit()).filter(({ type }) => type === 'logout-participant');
  return Object.fromEntries(finished.slice(-2).map(({ application, reason }) => [application ?? '', reason ?? '']));
}

test('a signed request is answered with an encrypted assertion, and the application knows name and roles', () =>
  withPerson(async ({ page, complaints }) => {
    const answers: string[] = [];
    page.on('request', (request) => {
      const message = new URLSearchParams(request.postData() ?? '').get('SAMLResponse');
      if (message !== null) answers.push(Buffer.from(message, 'base64').toString('utf8'));
    });
    const asked = page.waitForRequest((request) => request.url().includes('/saml/idp/sso?'));
    await page.goto(pageOf('redirect'));
    expect((await asked).url()).toMatch(/[?&]SAMLRequest=.*&SigAlg=.*&Signature=/);
    await signIn(page, 'eric', passwords.eric);
    await page.waitForURL(pageOf('redirect'));
    expect(await page.locator('#user').textContent()).toBe('eric');
    expect(await page.locator('#role').textContent()).toBe('all');
    expect(answers).toEqual([expect.stringContaining('EncryptedAssertion')]);
    expect(complaints.filter((text) => text.startsWith(gatehouse.publicUrl))).toEqual([]);
  }));

test('the second service provider gets both signatures and, as it asks for unless told otherwise, a transient name', () =>
  withPerson(async ({ page }) => {
    const seen: string[] = [];
    page.on('framenavigated', (frame) => seen.push(new URL(frame.url()).pathname));
    await signedInAtBoth(page);
    expect(await page.locator('#format').textContent()).toBe('urn:oasis:names:tc:SAML:2.0:nameid-format:transient');
    expect(await page.locator('#role').textContent()).toBe('all');
    expect(seen.filter((path) => path.startsWith('/login/')).length).toBe(1);
  }));

test('an unsigned request of a service provider that signs is refused', async () => {
  const to = (await exchange(pageOf('redirect'))).headers.location ?? '';
  const unsigned = to.replace(/&SigAlg=.*$/, '');
  expect(unsigned).not.toBe(to);
  const refused = await exchange(unsigned);
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('ERR_SAML_SIGNATURE_REQUIRED');
});

test('who begins at the identity provider gets in at the address of RelayState', () =>
  withPerson(async ({ page }) => {
    const query = new URLSearchParams({ sp: php.serviceProvider('post'), RelayState: pageOf('post') });
    await page.goto(`${gatehouse.publicUrl}/saml/idp/start?${query}`);
    await signIn(page, 'brian', passwords.brian);
    await page.waitForURL(pageOf('post'));
    expect(await page.locator('#user').textContent()).toBe('brian');
    expect(await page.locator('#role').textContent()).toBe('C');
  }));

test('a logout at Gatehouse ends both, by Redirect and by POST', () =>
  withPerson(async ({ page, complaints }) => {
    await signedInAtBoth(page);
    await page.goto(`${gatehouse.publicUrl}/logout?GLO=true`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor();
    expect(await page.getByRole('status').textContent()).toContain('2 of 2 applications confirmed.');
    expect(complaints.filter((text) => text.startsWith(gatehouse.publicUrl))).toEqual([]);
    await asksForPasswordAtBoth(page);
  }));

test.each(names)('a logout that the one told by %s begins ends the other, and comes back', (name) =>
  withPerson(async ({ page }) => {
    await signedInAtBoth(page);
    await page.goto(`${php.origin}/app/${name}/logout`);
    await page.waitForURL(`${php.origin}/`);
    expect(await lastOutcomes()).toEqual(
      Object.fromEntries(names.map((one) => [php.serviceProvider(one), one === name ? 'asked-for-it' : 'confirmed'])),
    );
    await asksForPasswordAtBoth(page);
  }),
);
