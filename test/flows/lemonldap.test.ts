/** @module Debian's LemonLDAP::NG as a service provider against our identity provider, in Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChromiumBrowser, launchChromium, type Person, signIn } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange } from '../support/http-client.ts';
import { type Lemonldap, startLemonldap } from '../support/servers/lemonldap.ts';
import { signInPath } from '../support/signed-in.ts';

let portal: Lemonldap;
let gatehouse: Gatehouse;
let browser: ChromiumBrowser;

beforeAll(async () => {
  portal = await startLemonldap({ hostName: '127.0.0.1', role: 'sp' });
  const settings = {
    name: 'LemonLDAP::NG',
    encrypt: { 'key-transport': 'rsa-oaep-sha1' },
    attributes: [
      { name: 'uid', from: 'principal' },
      { name: 'Role', from: 'roles' },
    ],
  };
  gatehouse = await startGatehouse({
    content: { partners: [{ file: 'portal.xml', metadata: await portal.metadata(), settings }] },
  });
  const metadata = (await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`)).text;
  const options = { SignSSOMessage: 1, SignSLOMessage: 1, CheckSSOMessageSignature: 1, CheckSLOMessageSignature: 1 };
  await portal.trust({
    gatehouse: {
      metadata,
      options: {
        ...options,
        SSOBinding: 'http-redirect',
        NameIDFormat: 'unspecified',
        UserAttribute: 'uid',
        AllowLoginFromIDP: 1,
      },
    },
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await gatehouse?.stop();
  await portal?.stop();
});

const isSignInPage = (page: Page) => signInPath.test(new URL(page.url()).pathname);

/** What the portal complains of is on its page and in its log. */
async function withPerson(use: (person: Person) => Promise<void>): Promise<void> {
  const person = await browser.person();
  try {
    await use(person);
  } catch (cause) {
    const said = `${person.page.url()}\n${await person.page.locator('body').innerText({ timeout: 2000 })}\n${portal.log()}`;
    throw new Error(said, { cause });
  } finally {
    await person.context.close();
  }
}

async function signedIn(page: Page): Promise<void> {
  await page.goto(`${portal.origin}/`);
  await page.getByLabel('User name').waitFor();
  await signIn(page, 'eric', passwords.eric);
  await page.getByText('Connected as').waitFor();
}

async function lastOutcome(): Promise<string | undefined> {
  return (await gatehouse.audit()).findLast(({ type }) => type === 'logout-participant')?.reason;
}

test('a signed request is answered with an encrypted assertion, and the portal knows the name', () =>
  withPerson(async ({ page, complaints }) => {
    const answers: string[] = [];
    page.on('request', (request) => {
      const message = new URLSearchParams(request.postData() ?? '').get('SAMLResponse');
      if (message !== null) answers.push(Buffer.from(message, 'base64').toString('utf8'));
    });
    const asked = page.waitForRequest((request) => request.url().includes('/saml/idp/sso?'));
    await signedIn(page);
    expect((await asked).url()).toMatch(/[?&]SAMLRequest=.*&SigAlg=.*&Signature=/);
    expect(await page.locator('body').innerText()).toContain('eric');
    expect(answers).toEqual([expect.stringContaining('EncryptedAssertion')]);
    expect(complaints.filter((text) => text.startsWith(gatehouse.publicUrl))).toEqual([]);
  }));

test('who begins at the identity provider is let in', () =>
  withPerson(async ({ page }) => {
    await page.goto(`${gatehouse.publicUrl}/saml/idp/start?sp=${encodeURIComponent(portal.entityId)}`);
    await signIn(page, 'brian', passwords.brian);
    await page.getByText('Connected as').waitFor();
    expect(await page.locator('body').innerText()).toContain('brian');
  }));

test('a logout at Gatehouse ends the session of the portal over SOAP', () =>
  withPerson(async ({ page }) => {
    await signedIn(page);
    await page.goto(`${gatehouse.publicUrl}/logout?GLO=true`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor();
    expect(await lastOutcome()).toBe('confirmed');
    await page.goto(`${portal.origin}/`);
    await page.getByLabel('User name').waitFor();
  }));

test('a logout at the portal ends the session at Gatehouse', () =>
  withPerson(async ({ page }) => {
    await signedIn(page);
    await page.goto(`${portal.origin}/?logout=1`);
    await page.waitForURL((url) => url.origin === portal.origin);
    expect(await lastOutcome()).toBe('asked-for-it');
    await page.goto(`${gatehouse.publicUrl}/`);
    expect(isSignInPage(page), page.url()).toBe(true);
  }));
