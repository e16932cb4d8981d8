import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChromiumBrowser, launchChromium, type Person, signIn } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { metadataOf, serviceProvider } from '../support/service-provider.ts';

/** Its name is as long as names get, to see where lines break. */
const partner = serviceProvider('a-partner-with-a-name-that-is-as-long-as-the-names-of-departments-get');

let gatehouse: Gatehouse;
let browser: ChromiumBrowser;

beforeAll(async () => {
  gatehouse = await startGatehouse({ content: { partners: [{ file: 'partner.xml', metadata: metadataOf(partner) }] } });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await gatehouse?.stop();
});

const start = () => `${gatehouse.publicUrl}/saml/idp/start?sp=${encodeURIComponent(partner.entityId)}`;

interface Visit {
  readonly name: string;
  readonly go: (page: Page) => Promise<unknown>;
}

/** Every page that a person can get to see. */
const visits: readonly Visit[] = [
  { name: 'the sign-in page', go: (page) => page.goto(start()) },
  {
    name: 'the sign-in page after a wrong password',
    async go(page) {
      await page.goto(start());
      await signIn(page, 'x'.repeat(100), 'wrong');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'the list of applications',
    async go(page) {
      await page.goto(gatehouse.publicUrl);
      await signIn(page, 'eric', passwords.eric);
      await page.getByRole('link', { name: /partner/ }).waitFor();
    },
  },
  {
    name: 'the question before the sign-out',
    async go(page) {
      await page.goto(gatehouse.publicUrl);
      await signIn(page, 'eric', passwords.eric);
      await page.getByRole('link', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
    },
  },
  { name: 'the page after the sign-out', go: (page) => page.goto(`${gatehouse.publicUrl}/logout`) },
  { name: 'the error page', go: (page) => page.goto(`${gatehouse.publicUrl}/saml/idp/start?sp=nobody`) },
];

describe.each(visits)('$name', ({ go }) => {
  let person: Person;

  beforeAll(async () => {
    person = await browser.person({ viewport: { width: 320, height: 640 } });
    await go(person.page);
  });
  afterAll(() => person?.context.close());

  test('needs no scrolling to the side at 320 px', async () => {
    expect(await person.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });

  test('breaks no rule of its own content security policy', () => {
    expect(person.complaints.filter((text) => /content.security.policy|violates/i.test(text))).toEqual([]);
  });

  test('has a language, a title, one first heading, and a place for its main content', async () => {
    const { page } = person;
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).not.toBe('');
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.getByRole('main').count()).toBe(1);
  });

  test('gives a name to everything that can be used', async () => {
    const { page } = person;
    for (const role of ['textbox', 'button', 'link'] as const) {
      expect(await page.getByRole(role).count(), role).toBe(await page.getByRole(role, { name: /\S/ }).count());
    }
  });

  test('is usable with the style sheet, which it was allowed to load', async () => {
    expect(await person.page.evaluate('document.styleSheets.length')).toBe(1);
  });
});

describe('the sign-in form', () => {
  test('is told to password managers, and to screen readers with what went wrong', async () => {
    const { page, context } = await browser.person();
    await page.goto(start());
    expect(await page.getByLabel('User name').getAttribute('autocomplete')).toBe('username');
    expect(await page.getByLabel('Password').getAttribute('autocomplete')).toBe('current-password');
    await signIn(page, 'eric', 'wrong');
    await page.getByRole('alert').waitFor();
    for (const label of ['User name', 'Password']) {
      const described = await page.getByLabel(label).getAttribute('aria-describedby');
      expect(await page.locator(`#${described}`).textContent()).toContain('not right');
    }
    await context.close();
  });

  test('can be filled in and sent with the keyboard alone', async () => {
    const { page, context } = await browser.person();
    await page.goto(gatehouse.publicUrl);
    await page.keyboard.press('Tab');
    await page.keyboard.type('eric');
    await page.keyboard.press('Tab');
    await page.keyboard.type(passwords.eric);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your applications' }).waitFor();
    await context.close();
  });

  test('cannot be shown in a frame of another page', async () => {
    const { page, context, complaints } = await browser.person();
    await page.goto(`http://app.localhost:${gatehouse.publicPort}/assets/gatehouse.css`);
    await page.setContent(`<iframe src="${gatehouse.publicUrl}/"></iframe>`, { waitUntil: 'load' });
    const framed = page.frames().find((frame) => frame !== page.mainFrame());
    expect(await framed?.getByLabel('Password').count()).toBe(0);
    expect(complaints.join('\n')).toMatch(/frame-ancestors|X-Frame-Options/);
    await context.close();
  });
});

test('a script of an application on this host cannot read what is sent to a partner', async () => {
  const { page, context } = await browser.person();
  await page.goto(gatehouse.publicUrl);
  await signIn(page, 'eric', passwords.eric);
  await page.getByRole('heading', { name: 'Your applications' }).waitFor();
  // Stands in for an application behind the gateway: its pages have our origin, and are free of our policy.
  const application = `${gatehouse.publicUrl}/application/page`;
  await page.route(application, (route) => route.fulfill({ contentType: 'text/html', body: '<p>application</p>' }));
  await page.goto(application);
  const read = await page.evaluate(async (url) => {
    const reply = await fetch(url);
    return { status: reply.status, text: await reply.text() };
  }, start());
  expect(read.status).toBe(403);
  expect(read.text).not.toContain('SAMLResponse');
  const gone = await page.goto(start(), { waitUntil: 'commit' });
  expect(gone?.status()).toBe(200);
  await context.close();
});
