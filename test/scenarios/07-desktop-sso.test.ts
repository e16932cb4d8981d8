/** @module Scenario 07 on examples/07-desktop-sso as it stands: a real MIT KDC, real Chromium with and without tickets, curl, NTLM. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { runProgram, startProgram } from '../support/child-process.ts';
import { signIn } from '../support/chromium.ts';
import { curl } from '../support/curl.ts';
import { openDesktop } from '../support/desktop.ts';
import { startGatehouse } from '../support/gatehouse-process.ts';
import { poll } from '../support/poll.ts';
import { startKdc } from '../support/servers/kdc.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const table = [
  { user: 'brent', role: 'all', a: 200, b: 200 },
  { user: 'andy', role: 'A', a: 200, b: 403 },
  { user: 'bill', role: 'B', a: 403, b: 200 },
  { user: 'ron', role: 'none', a: 403, b: 403 },
] as const;

const kdc = await startKdc();
for (const { user } of table) kdc.addPerson(user, `${user}-Desktop-2207`);
const keytab = kdc.addService('HTTP/localhost', 'http.keytab');
const ticketsOf = (user: string) => kdc.login(user, `${user}-Desktop-2207`);

const folder = await makeTempFolder('desktop-sso');
const home = join(folder.path, 'my-home');
const configuration = join(home, 'configuration');
await cp(join(projectRoot, 'examples/07-desktop-sso'), configuration, { recursive: true });
await cp(keytab, join(configuration, 'http.keytab'));
const application = startProgram(process.execPath, [join(configuration, 'sample-apps.mjs')], {
  env: { ...process.env, PORT: '0' },
});
const origin = await poll(
  async () => /http:\/\/127\.0\.0\.1:\d+/.exec(application.stdout())?.[0],
  () => application.output(),
);
const file = join(configuration, 'gatehouse.yaml');
await writeFile(file, (await readFile(file, 'utf8')).replaceAll('http://127.0.0.1:9001', origin));
const gatehouse = await startGatehouse({ home });
afterAll(async () => {
  await gatehouse.stop();
  await application.stop();
  await kdc.close();
  await folder.remove();
});

const secure = (app: 'A' | 'B') => `${gatehouse.publicUrl}/${app}/secure/hello.html`;

describe.each(table)('$user with the role $role', ({ user, a, b }) => {
  test('is let in by the desktop as the table says, and sees neither a prompt nor a form', async () => {
    await using desktop = await openDesktop(kdc, ticketsOf(user));
    const seen: number[] = [];
    for (const app of ['A', 'B'] as const) {
      await desktop.page.goto(secure(app));
      await desktop.page.waitForURL(secure(app));
      seen.push(desktop.answers.findLast(({ path }) => path === `/${app}/secure`)?.status ?? 0);
    }
    expect(seen).toEqual([a, b]);
    expect(await desktop.page.getByLabel('Password').count()).toBe(0);
    // What the browser answers by itself it shows to nobody, and one login is good for both applications.
    expect(desktop.answers.filter(({ status }) => status === 401)).toEqual([]);
    const logins = (await gatehouse.audit()).filter(({ type, principal }) => type === 'login' && principal === user);
    expect(logins.map(({ outcome, trace }) => [outcome, trace?.mechanism])).toEqual([['success', 'SPNEGO']]);
  });

  test('is let in by curl as the table says', async () => {
    const statuses: number[] = [];
    for (const app of ['A', 'B'] as const) {
      const environment = { ...process.env, ...kdc.environment, KRB5CCNAME: `FILE:${ticketsOf(user)}` };
      const negotiate = [
        '--silent',
        '--negotiate',
        '-u',
        ':',
        '--noproxy',
        '*',
        '--write-out',
        '%{http_code}',
        '-o',
        '/dev/null',
      ];
      const { stdout } = await runProgram('curl', [...negotiate, secure(app)], { env: environment });
      statuses.push(Number(stdout));
    }
    expect(statuses).toEqual([a, b]);
  });
});

describe('Chromium without a ticket', () => {
  test('shows the form, and andy signs in with his password and sees A', async () => {
    await using desktop = await openDesktop(kdc, undefined);
    await desktop.page.goto(secure('A'));
    expect(await desktop.page.getByLabel('Password').count()).toBe(1);
    await signIn(desktop.page, 'andy', 'andy-Fallback-4410');
    await desktop.page.waitForURL(secure('A'));
    expect(await desktop.page.textContent('body')).toContain('you are andy');
    expect(desktop.answers.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  test('is asked once, and not again for the next sign-in', async () => {
    await using desktop = await openDesktop(kdc, undefined);
    await desktop.page.goto(secure('A'));
    await desktop.page.goto(secure('B'));
    expect(await desktop.page.getByLabel('Password').count()).toBe(1);
    expect(desktop.answers.filter(({ status }) => status === 401)).toHaveLength(1);
  });
});

describe('andy who types his password', () => {
  test('is decided on in the domain of the form, with a decision of its own', async () => {
    await using desktop = await openDesktop(kdc, undefined);
    await desktop.page.goto(secure('A'));
    await signIn(desktop.page, 'andy', 'andy-Fallback-4410');
    await desktop.page.waitForURL(secure('A'));
    const logins = (await gatehouse.audit()).filter(({ type }) => type === 'login').slice(-2);
    expect(logins.map(({ domain, outcome, principal }) => [domain, outcome, principal])).toEqual([
      ['form-domain', 'success', 'andy'],
      ['spnego-domain', 'success', 'andy'],
    ]);
  });

  test('sees the form again when it is wrong', async () => {
    await using desktop = await openDesktop(kdc, undefined);
    await desktop.page.goto(secure('A'));
    await signIn(desktop.page, 'andy', 'wrong');
    expect(await desktop.page.getByRole('alert').textContent()).toMatch(/not right.*Decision/s);
    expect(await desktop.page.getByLabel('Password').count()).toBe(1);
  });
});

describe('a client that sends an NTLM token', () => {
  const ntlm = 'TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKAO5CAAAADw==';

  test('gets the form, and no second challenge', async () => {
    const jar = join(folder.path, 'cookies');
    const browser = ['--include', '--cookie-jar', jar, '--cookie', jar, '-H', 'Accept: text/html'];
    const first = await curl(...browser, '--location', secure('A'));
    expect([first.status, /^www-authenticate: Negotiate\r$/im.test(first.body)]).toEqual([401, true]);
    const path = /\/spnego\/[\w-]+/.exec(first.body)?.[0] ?? '';
    const second = await curl(...browser, '-H', `Authorization: Negotiate ${ntlm}`, `${gatehouse.publicUrl}${path}`);
    expect([second.status, /www-authenticate/i.test(second.body)]).toEqual([403, false]);
    expect(second.body).toContain('j_password');
    const decision = /Decision (\w{26})/.exec(second.body)?.[1] ?? '';
    expect((await gatehouse.explain(decision)).stdout).toContain('NTLM');
  });

  test('is led to the form without any challenge if it is curl --ntlm', async () => {
    const { status, body } = await curl('--ntlm', '-u', 'andy:andy-Fallback-4410', '--include', secure('A'));
    expect([status, /www-authenticate/i.test(body)]).toEqual([303, false]);
    expect(body).toMatch(/^location: \/login\//im);
  });
});

test('who asks for the open page is not asked for anything', async () => {
  expect(await curl(`${gatehouse.publicUrl}/A/hello.html`)).toEqual({ status: 200, body: 'Hello!\n' });
});
