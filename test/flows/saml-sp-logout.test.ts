/** @module Single logout of people who signed in at a foreign identity provider, Debian's SimpleSAMLphp, begun at either end, in Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChromiumBrowser, launchChromium, type Person } from '../support/chromium.ts';
import { exchange } from '../support/http-client.ts';
import { type RunningSamlApplications, startSamlApplications } from '../support/saml-application.ts';
import { type SimpleSamlPhp, simpleSamlPhpUsers, startSimpleSamlPhp } from '../support/servers/simplesamlphp.ts';

let idp: SimpleSamlPhp;
let ours: RunningSamlApplications;
let browser: ChromiumBrowser;

beforeAll(async () => {
  idp = await startSimpleSamlPhp({ hostName: 'idp.localhost', idp: {} });
  ours = await startSamlApplications({
    providers: {
      php: { metadata: await idp.metadata(), settings: { name: 'The university', 'name-id-format': 'unspecified' } },
    },
    applications: { reports: {} },
  });
  await idp.trust('reports', await ours.metadataOf('reports'));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await ours?.stop();
  await idp?.stop();
});

/** What SimpleSAMLphp complains of is on its page and in its log. */
async function withPerson(use: (person: Person) => Promise<void>): Promise<void> {
  const person = await browser.person();
  try {
    await use(person);
  } catch (cause) {
    const shown = await person.page.locator('body').innerText({ timeout: 2000 });
    throw new Error(`${person.page.url()}\n${shown}\n${await idp.log()}`, { cause });
  } finally {
    await person.context.close();
  }
}

async function signedIn(page: Page, name: 'eric' | 'amar' = 'eric'): Promise<void> {
  await page.goto(`${ours.gatehouse.publicUrl}/reports/any/page`);
  await page.locator('input[name=username]').fill(name);
  await page.locator('input[name=password]').fill(simpleSamlPhpUsers[name].password);
  await page.locator('input[name=password]').press('Enter');
  await page.waitForURL(`${ours.gatehouse.publicUrl}/reports/any/page`);
}

/** Signed out on both sides: here nobody gets in, and there somebody has to say who he is. */
async function asksForPassword(page: Page): Promise<void> {
  await page.goto(`${ours.gatehouse.publicUrl}/reports/any/page`);
  await page.locator('input[name=username]').waitFor();
}

async function outcomeThere(): Promise<string | undefined> {
  const told = (await ours.gatehouse.audit()).filter(({ type }) => type === 'logout-participant');
  return told.findLast(({ application }) => application === idp.entityId)?.reason;
}

/** Signs out there, and says what the browser was sent here with. */
async function signOutThere(page: Page): Promise<string> {
  const asked = page.waitForRequest((request) => request.url().includes('/saml/sp/reports/slo?SAMLRequest='));
  const back = `${idp.origin}/logout.php`;
  await page.goto(`${idp.origin}/saml2/idp/SingleLogoutService.php?ReturnTo=${encodeURIComponent(back)}`);
  await page.waitForURL(back);
  return (await asked).url();
}

test('a logout here ends the session at the identity provider, which confirms it', () =>
  withPerson(async ({ page }) => {
    await signedIn(page);
    await page.goto(`${ours.gatehouse.publicUrl}/logout?GLO=true`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor();
    expect(await page.getByRole('listitem').allTextContents()).toContain('The university: signed out');
    expect(await outcomeThere()).toBe('confirmed');
    await asksForPassword(page);
  }));

test('a logout there ends the session here, and the browser comes back to where it began', () =>
  withPerson(async ({ page }) => {
    await signedIn(page);
    expect(await signOutThere(page)).toMatch(/&SigAlg=.*&Signature=/);
    expect(await outcomeThere()).toBe('asked-for-it');
    await asksForPassword(page);
  }));

test('a logout there ends the sessions of this person only', () =>
  withPerson(async ({ page: other }) => {
    await signedIn(other, 'amar');
    await withPerson(async ({ page }) => {
      await signedIn(page);
      await signOutThere(page);
    });
    await other.goto(`${ours.gatehouse.publicUrl}/reports/any/page`);
    expect(JSON.parse(await other.locator('body').innerText()).headers['x-remote-user']).toBe('amar');
  }));

test('its request counts once, and never without its signature', () =>
  withPerson(async ({ page }) => {
    await signedIn(page);
    const request = await signOutThere(page);
    const before = (await ours.gatehouse.audit()).length;
    for (const url of [request, request.replace(/&SigAlg=.*$/, '')]) {
      const { status } = await exchange(url);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    expect((await ours.gatehouse.audit()).slice(before).map(({ type, reason }) => [type, reason])).toEqual([
      ['saml-request-refused', 'ERR_SAML_REPLAYED'],
      ['saml-request-refused', 'ERR_SAML_SIGNATURE_REQUIRED'],
    ]);
  }));
