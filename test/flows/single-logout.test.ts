/** @module Single logout with Apache's mod_auth_mellon in Chromium: by SOAP and by Redirect, begun at either end. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChromiumBrowser, launchChromium, type Person, signIn } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange } from '../support/http-client.ts';
import { type MellonPlan, planMellon, type RunningMellon } from '../support/mellon.ts';
import { signInPath } from '../support/signed-in.ts';

let plan: MellonPlan;
let gatehouse: Gatehouse;
let mellon: RunningMellon;
let browser: ChromiumBrowser;

beforeAll(async () => {
  plan = await planMellon({ logout: ['SOAP', 'HTTP-Redirect'] });
  const partners = plan.providers.map(({ hostName, metadata }) => ({
    file: `${hostName}.xml`,
    metadata,
    settings: { name: `Mellon at ${hostName}` },
  }));
  // A busy machine must not make the chain go past an application that is only slow.
  const logout = { 'answer-seconds': 60 };
  gatehouse = await startGatehouse({ content: { partners, configuration: { sessions: { logout } } } });
  mellon = await plan.start((await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`)).text);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await mellon?.stop();
  await gatehouse?.stop();
  await plan?.remove();
});

const wanted = (index: 0 | 1) => `${plan.providers[index].origin}/secure/hello.shtml`;
const isSignInPage = (url: string) => signInPath.test(new URL(url).pathname);

async function withPerson<T>(use: (person: Person) => Promise<T>, options?: Parameters<ChromiumBrowser['person']>[0]) {
  const person = await browser.person(options);
  try {
    return await use(person);
  } finally {
    await person.context.close();
  }
}

async function signedInAtBoth(page: Page): Promise<void> {
  await page.goto(wanted(0));
  await signIn(page, 'eric', passwords.eric);
  await page.waitForURL(wanted(0));
  await page.goto(wanted(1));
  await page.waitForURL(wanted(1));
}

async function asksForPasswordAtBoth(page: Page): Promise<void> {
  for (const index of [0, 1] as const) {
    await page.goto(wanted(index));
    expect(isSignInPage(page.url()), page.url()).toBe(true);
  }
}

async function lastOutcomes(): Promise<Readonly<Record<string, string>>> {
  const finished = (await gatehouse.audit()).filter(({ type }) => type === 'logout-participant');
  return Object.fromEntries(finished.slice(-2).map(({ application, reason }) => [application ?? '', reason ?? '']));
}

test('a logout at Gatehouse ends both applications, one by SOAP and one by the browser', () =>
  withPerson(async ({ page, complaints }) => {
    await signedInAtBoth(page);
    await page.goto(`${gatehouse.publicUrl}/`);
    await page.getByRole('link', { name: 'Sign out everywhere' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor();
    expect(await page.getByRole('status').textContent()).toContain('2 of 2 applications confirmed.');
    expect(complaints.filter((text) => text.startsWith(gatehouse.publicUrl))).toEqual([]);
    await asksForPasswordAtBoth(page);
    expect(await lastOutcomes()).toEqual(
      Object.fromEntries(plan.providers.map(({ entityId }) => [entityId, 'confirmed'])),
    );
  }));

test('without JavaScript a logout goes the same way', () =>
  withPerson(
    async ({ page }) => {
      await page.goto(wanted(1));
      await signIn(page, 'amar', passwords.amar);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL(wanted(1));
      await page.goto(`${gatehouse.publicUrl}/logout?GLO=true`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor();
    },
    { javaScriptEnabled: false },
  ));

test('a logout that the one application begins ends the other, and comes back to where it began', () =>
  withPerson(async ({ page }) => {
    await signedInAtBoth(page);
    const back = `${plan.providers[1].origin}/index.html`;
    await page.goto(`${plan.providers[1].origin}/mellon/logout?ReturnTo=${encodeURIComponent(back)}`);
    await page.waitForURL(back);
    await asksForPasswordAtBoth(page);
    expect(await lastOutcomes()).toEqual({
      [plan.providers[0].entityId]: 'confirmed',
      [plan.providers[1].entityId]: 'asked-for-it',
    });
  }));

test('leaving one application tells it alone, and the session lives on', () =>
  withPerson(async ({ page }) => {
    // At one only: mellon has one store for all hosts, and finds a session in it by the person's name.
    await page.goto(wanted(1));
    await signIn(page, 'eric', passwords.eric);
    await page.waitForURL(wanted(1));
    const name = encodeURIComponent(plan.providers[1].entityId);
    await page.goto(`${gatehouse.publicUrl}/logout?LLO=true&application=${name}`);
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('heading', { name: 'You have left the application' }).waitFor();
    await page.goto(`${gatehouse.publicUrl}/`);
    await page.getByRole('heading', { name: 'Your applications' }).waitFor();
    const asked = page.waitForRequest((request) => request.url().includes('/saml/idp/sso?'));
    await page.goto(wanted(1));
    await asked;
  }));

test('every finished logout is a line in a file of the home', async () => {
  const day = new Date().toISOString().slice(0, 10);
  const text = await readFile(join(gatehouse.home, 'data', 'logouts', `${day}.jsonl`), 'utf8');
  expect(text.trim().split('\n').length).toBeGreaterThanOrEqual(3);
});
