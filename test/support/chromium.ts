/** @module Debian's Chromium, driven by playwright-core: a fresh profile for each context, and what its console complained of. */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const args = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export interface ChromiumBrowser extends AsyncDisposable {
  /** A person's browser: its own cookies, nothing from before. */
  person(options?: BrowserContextOptions): Promise<Person>;
  close(): Promise<void>;
}

export interface Person {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors and warnings of the console, each after the address that it is about, and page errors. */
  readonly complaints: readonly string[];
}

/** No element that a test waits for comes later than this, even on a busy machine. */
const patienceMs = 20_000;

export async function launchChromium(): Promise<ChromiumBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args, headless: true });
  const close = () => browser.close();
  return {
    async person(options = {}) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(patienceMs);
      const complaints: string[] = [];
      context.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
          complaints.push(`${message.location().url}: ${message.text()}`);
      });
      context.on('weberror', (error) => complaints.push(String(error.error())));
      return { context, page: await context.newPage(), complaints };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Fills in our sign-in page. Labels, not names: what a person and a screen reader go by. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
