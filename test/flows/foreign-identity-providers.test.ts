/** @module Applications of ours sign people in at identity providers that nobody here wrote, SimpleSAMLphp and LemonLDAP::NG, in Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChromiumBrowser, launchChromium, type Person } from '../support/chromium.ts';
import { createHttpClient, exchange } from '../support/http-client.ts';
import { type RunningSamlApplications, startSamlApplications } from '../support/saml-application.ts';
import { type Lemonldap, startLemonldap } from '../support/servers/lemonldap.ts';
import { type SimpleSamlPhp, simpleSamlPhpUsers, startSimpleSamlPhp } from '../support/servers/simplesamlphp.ts';

const names = ['php', 'lemonldap'] as const;
type Name = (typeof names)[number];

let php: SimpleSamlPhp;
let lemonldap: Lemonldap;
let applications: RunningSamlApplications;
let browser: ChromiumBrowser;

beforeAll(async () => {
  [php, lemonldap] = await Promise.all([
    startSimpleSamlPhp({
      hostName: 'php.localhost',
      idp: { 'validate.authnrequest': true, 'assertion.encryption': true, 'saml20.sign.response': true },
    }),
    startLemonldap({ hostName: '127.0.0.1', role: 'idp' }),
  ]);
  // Both encrypt with AES-CBC, and have no setting for another cipher.
  const ciphers = { 'decryption-ciphers': ['aes128-cbc'] };
  const settings = { 'idp-initiated': 'allowed', 'name-id-format': 'unspecified', ...ciphers };
  applications = await startSamlApplications({
    providers: {
      php: { metadata: await php.metadata(), settings },
      lemonldap: { metadata: await lemonldap.metadata(), settings },
    },
    applications: {
      ...Object.fromEntries(names.map((name) => [name, { 'identity-providers': [name] }])),
      fetching: { 'identity-providers': ['lemonldap'], 'response-binding': 'artifact' },
    },
  });
  await php.trust('gatehouse', await applications.metadataOf('php'));
  const checks = { CheckSSOMessageSignature: 1, SignSSOMessage: 1, EnableIDPInitiatedURL: 1 };
  const named = { NameIDFormat: 'unspecified', NameIDSessionKey: 'uid', EncryptionMode: 'assertion' };
  const options = { ...checks, ...named };
  await lemonldap.trust({
    gatehouse: { metadata: await applications.metadataOf('lemonldap'), options },
    fetching: { metadata: await applications.metadataOf('fetching'), options },
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await applications?.stop();
  await Promise.all([php?.stop(), lemonldap?.stop()]);
});

/** Who signs in, in which field of the form, and how one begins there. */
const providers = {
  php: {
    user: 'eric',
    field: 'username',
    password: simpleSamlPhpUsers.eric.password,
    startAt: () => php.startAt(spEntityId('php')),
  },
  lemonldap: {
    user: 'dwho',
    field: 'user',
    password: 'dwho',
    startAt: () => lemonldap.startAt(spEntityId('lemonldap')),
  },
} as const;

const spEntityId = (name: Name) => `${applications.gatehouse.publicUrl}/saml/sp/${name}/metadata`;

async function fill(page: Page, field: string, name: string, password: string): Promise<void> {
  await page.locator(`input[name=${field}]`).fill(name);
  await page.locator('input[name=password]').fill(password);
  await page.locator('input[name=password]').press('Enter');
}

/** What the identity providers complain of is on their pages and in their logs. */
async function withPerson(use: (person: Person) => Promise<void>): Promise<void> {
  const person = await browser.person();
  try {
    await use(person);
  } catch (cause) {
    const shown = await person.page.locator('body').innerText({ timeout: 2000 });
    const said = `${person.page.url()}\n${shown}\n${await php.log()}\n${lemonldap.log()}`;
    throw new Error(said, { cause });
  } finally {
    await person.context.close();
  }
}

/** What the application behind the gateway was told. */
async function told(page: Page) {
  const { headers } = JSON.parse(await page.locator('body').innerText());
  return { user: headers['x-remote-user'], roles: headers['x-remote-roles']?.split(/,\s*/).toSorted() };
}

describe.each(names)('%s', (name) => {
  const { user, field, password, startAt } = providers[name];
  const signIn = (page: Page) => fill(page, field, user, password);

  test('gets a signed request, answers with an encrypted assertion, and the application knows name and roles', () =>
    withPerson(async ({ page, complaints }) => {
      const answers: string[] = [];
      page.on('request', (request) => {
        const message = new URLSearchParams(request.postData() ?? '').get('SAMLResponse');
        if (message !== null) answers.push(Buffer.from(message, 'base64').toString('utf8'));
      });
      const asked = page.waitForRequest((request) => request.url().includes('SAMLRequest='));
      await page.goto(applications.pageOf(name));
      expect((await asked).url()).toMatch(/[?&]SAMLRequest=.*&SigAlg=.*&Signature=/);
      await signIn(page);
      await page.waitForURL(applications.pageOf(name));
      expect(await told(page)).toEqual({ user, roles: ['all', 'staff'] });
      expect(answers).toEqual([expect.stringContaining('EncryptedAssertion')]);
      expect(complaints.filter((text) => /Content Security Policy/.test(text))).toEqual([]);
    }));

  test('does not ask again who has a session there', () =>
    withPerson(async ({ page, context }) => {
      await page.goto(applications.pageOf(name));
      await signIn(page);
      await page.waitForURL(applications.pageOf(name));
      await context.clearCookies({ domain: 'localhost' });
      await page.goto(applications.pageOf(name));
      await page.waitForURL(applications.pageOf(name));
      expect((await told(page)).user).toBe(user);
    }));

  test('may begin by itself where that is allowed', () =>
    withPerson(async ({ page }) => {
      await page.goto(startAt());
      await signIn(page);
      await page.waitForURL((url) => url.href.startsWith(`${applications.gatehouse.publicUrl}/${name}/`));
      await page.goto(applications.pageOf(name));
      expect((await told(page)).user).toBe(user);
    }));

  test('refuses a request whose signature was cut off', async () => {
    const begun = await exchange(`${applications.gatehouse.publicUrl}/saml/sp/${name}/login`);
    const to = begun.headers.location ?? '';
    expect(to).toMatch(/&Signature=/);
    const client = createHttpClient();
    const page = await client.open(to.replace(/&SigAlg=.*$/, ''));

    // LemonLDAP::NG looks at the signature when it knows who is there.
    const last = page.text.includes('type="password"') ? await client.submit(page, { [field]: user, password }) : page;
    expect(last.text).not.toContain('SAMLResponse');
  });
});

test('LemonLDAP::NG answers by artifact, and we fetch the assertion over SOAP', () =>
  withPerson(async ({ page }) => {
    const { field, user, password } = providers.lemonldap;
    await page.goto(applications.pageOf('fetching'));
    const carried = page.waitForRequest((request) => request.url().includes('SAMLart='));
    await fill(page, field, user, password);
    await carried;
    await page.waitForURL(applications.pageOf('fetching'));
    expect(await told(page)).toEqual({ user, roles: ['all', 'staff'] });
  }));
