/** @module A desktop of a Kerberos realm: Chromium that is allowed to answer localhost, with the tickets of one person or with none. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Kdc } from './servers/kdc.ts';
import { makeTempFolder } from './temp-folder.ts';

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
  '--auth-server-allowlist=localhost',
];

/** No element that a test waits for comes later than this, even on a busy machine. */
const patienceMs = 20_000;

export interface Desktop extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Every answer of the server so far: status and path. */
  readonly answers: readonly { readonly status: number; readonly path: string }[];
}

/**
 * @param tickets a file of `Kdc.login`; none: nobody has signed in to this desktop.
 * Chromium on Linux loads the library of Kerberos only when it has seen a challenge in an earlier life of the profile: that is seeded.
 */
export async function openDesktop(kdc: Kdc, tickets: string | undefined): Promise<Desktop> {
  const folder = await makeTempFolder('desktop');
  const profile = join(folder.path, 'profile');
  mkdirSync(profile);
  writeFileSync(join(profile, 'Local State'), '{"net":{"received_http_auth_negotiate_headers":true}}');
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args,
    headless: true,
    env: { PATH, HOME, LANG, ...kdc.environment, KRB5CCNAME: `FILE:${tickets ?? join(folder.path, 'no-tickets')}` },
  });
  context.setDefaultTimeout(patienceMs);
  const answers: { status: number; path: string }[] = [];
  context.on('response', (response) => {
    answers.push({
      status: response.status(),
      path: new URL(response.url()).pathname.split('/').slice(0, 3).join('/'),
    });
  });
  const [first] = context.pages();
  return {
    context,
    page: first ?? (await context.newPage()),
    answers,
    async [Symbol.asyncDispose]() {
      await context.close();
      await folder.remove();
    },
  };
}
