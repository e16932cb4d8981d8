import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChromiumBrowser, launchChromium, type Person, signIn } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange } from '../support/http-client.ts';
import { type MellonPlan, planMellon, type RunningMellon } from '../support/mellon.ts';
import { createSamlJudges } from '../support/saml-judges.ts';
import { authnRequest, redirectUrl } from '../support/service-provider.ts';
import { signInPath } from '../support/signed-in.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

let plan: MellonPlan;
let gatehouse: Gatehouse;
let mellon: RunningMellon;
let browser: ChromiumBrowser;

beforeAll(async () => {
  plan = await planMellon();
  const partners = plan.providers.map(({ hostName, metadata }) => ({
    file: `${hostName}.xml`,
    metadata,
    settings: { name: `Mellon at ${hostName}` },
  }));
  gatehouse = await startGatehouse({ content: { partners } });
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

/** Every answer that a browser carried to mellon in these tests. */
const answers: string[] = [];

async function withPerson<T>(
  use: (person: Person) => Promise<T>,
  options?: Parameters<ChromiumBrowser['person']>[0],
): Promise<T> {
  const person = await browser.person(options);
  person.context.on('request', (request) => {
    const message = new URLSearchParams(request.postData() ?? '').get('SAMLResponse');
    if (message !== null) answers.push(Buffer.from(message, 'base64').toString('utf8'));
  });
  try {
    return await use(person);
  } finally {
    await person.context.close();
  }
}

async function signedInAtFirst(page: Page): Promise<void> {
  await page.goto(wanted(0));
  await signIn(page, 'eric', passwords.eric);
  await page.waitForURL(wanted(0));
}

test('a signed request leads to the form, the form back to the page, and the page knows name and roles', () =>
  withPerson(async ({ page, complaints }) => {
    const asked = page.waitForRequest((request) => request.url().includes('/saml/idp/sso?'));
    await page.goto(wanted(0));
    expect((await asked).url()).toMatch(/[?&]SAMLRequest=.*&SigAlg=.*&Signature=/);
    expect(isSignInPage(page.url()), page.url()).toBe(true);
    await page.getByText('Mellon at sp1.localhost').waitFor();
    await signIn(page, 'eric', passwords.eric);
    await page.waitForURL(wanted(0));
    expect(await page.locator('#user').textContent()).toBe('eric');
    expect(await page.locator('#roles').textContent()).toBe('all');
    expect(complaints.filter((text) => text.startsWith(gatehouse.publicUrl))).toEqual([]);
  }));

test('the second service provider gets its answer without a form', () =>
  withPerson(async ({ page }) => {
    await signedInAtFirst(page);
    const seen: string[] = [];
    page.on('framenavigated', (frame) => seen.push(frame.url()));
    await page.goto(wanted(1));
    await page.waitForURL(wanted(1));
    expect(await page.locator('#user').textContent()).toBe('eric');
    expect(await page.locator('#server').textContent()).toBe('sp2.localhost');
    expect(seen.filter((url) => new URL(url).pathname.startsWith('/login/'))).toEqual([]);
  }));

test('who begins at the identity provider finds the application in the list and gets in by its link', () =>
  withPerson(async ({ page }) => {
    await page.goto(`${gatehouse.publicUrl}/`);
    await signIn(page, 'brian', passwords.brian);
    await page.getByRole('heading', { name: 'Your applications' }).waitFor();
    await page.getByRole('link', { name: 'Mellon at sp2.localhost' }).click();
    await page.waitForURL((url) => url.origin === plan.providers[1].origin && !url.pathname.startsWith('/mellon'));
    await page.goto(wanted(1));
    expect(await page.locator('#user').textContent()).toBe('brian');
    expect(await page.locator('#roles').textContent()).toBe('C');
  }));

describe('a login that is refused', () => {
  async function refusalOf(name: string, password: string) {
    return withPerson(async ({ page }) => {
      await page.goto(wanted(0));
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await signIn(page, name, password);
      const status = (await answered).status();
      const alert = (await page.getByRole('alert').textContent()) ?? '';
      const [, decision = ''] = /Decision ([0-9A-Z]{26})/.exec(alert) ?? [];
      return { status, text: alert.replace(decision, ''), decision, session: await sessionOf(page) };
    });
  }
  const sessionOf = async (page: Page) => (await page.context().cookies()).find(({ name }) => name === 'GATEHOUSESSO');

  test('is answered 403 with a text that tells nothing, and a decision that can be explained', async () => {
    const refusal = await refusalOf('eric', 'not-his-password');
    expect(refusal.status).toBe(403);
    expect(refusal.text).toContain('The user name or the password is not right.');
    expect(refusal.session).toBeUndefined();
    const explained = await gatehouse.explain(refusal.decision);
    expect(explained.code).toBe(0);
    expect(explained.stdout).toMatch(/UsersRoles\s+failed[\s\S]*bad-credential/);
  });

  test('says the same of somebody who is not there; only the audit knows the difference', async () => {
    const [wrong, unknown] = [
      await refusalOf('eric', 'not-his-password'),
      await refusalOf('nobody-here', 'not-his-password'),
    ];
    expect({ status: unknown.status, text: unknown.text }).toEqual({ status: wrong.status, text: wrong.text });
    expect((await gatehouse.explain(unknown.decision)).stdout).toContain('unknown-user');
  });

  test('leaves the form there, and the right password then works', () =>
    withPerson(async ({ page }) => {
      await page.goto(wanted(0));
      await signIn(page, 'eric', 'not-his-password');
      await page.getByRole('alert').waitFor();
      expect(await page.getByLabel('User name').inputValue()).toBe('eric');
      await signIn(page, 'eric', passwords.eric);
      await page.waitForURL(wanted(0));
    }));
});

test('after the sign-out a service provider whose own session is gone asks again', () =>
  withPerson(async ({ page, context }) => {
    await signedInAtFirst(page);
    await page.goto(`${gatehouse.publicUrl}/logout`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out here' }).waitFor();
    await context.clearCookies({ domain: /sp1\.localhost$/ });
    await page.goto(wanted(0));
    expect(isSignInPage(page.url()), page.url()).toBe(true);
  }));

test('without JavaScript the buttons do the same', () =>
  withPerson(
    async ({ page }) => {
      await page.goto(wanted(0));
      await signIn(page, 'amar', passwords.amar);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL(wanted(0));
      expect(await page.locator('#user').textContent()).toBe('amar');
    },
    { javaScriptEnabled: false },
  ));

test('a browser keeps no cookie of ours that a script could read', () =>
  withPerson(async ({ page, context }) => {
    await signedInAtFirst(page);
    const ours = (await context.cookies(gatehouse.publicUrl)).map(({ name, httpOnly, sameSite }) => ({
      name,
      httpOnly,
      sameSite,
    }));
    expect(ours.map(({ name }) => name).toSorted()).toEqual(['GATEHOUSEBROWSER', 'GATEHOUSESSO']);
    expect(ours.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Lax')).toBe(true);
  }));

test('a request that mellon did not sign is refused', async () => {
  const reply = await exchange(
    redirectUrl(gatehouse.publicUrl, authnRequest({ ...plan.providers[0], acsUrl: '' }, gatehouse.publicUrl)),
  );
  expect(reply.status).toBe(403);
  expect(reply.text).toContain('ERR_SAML_SIGNATURE_REQUIRED');
});

test('xmlsec1 and the schemas have nothing against any answer of this flow', async () => {
  await using folder = await makeTempFolder('judges');
  const judges = await createSamlJudges(folder.path);
  expect(answers.length).toBeGreaterThanOrEqual(6);
  expect(await judges.objections(answers, { certificatePath: `${gatehouse.home}/data/keys/idp.crt` })).toEqual([]);
});
