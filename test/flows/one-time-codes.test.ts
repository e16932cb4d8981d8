/** @module examples/one-time-codes: two legs in a real browser, a foreign authenticator (oathtool), enrolment, and what attackers replay. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChromiumBrowser, launchChromium, signIn } from '../support/chromium.ts';
import { type ExampleServer, exampleFile, startExample } from '../support/example-server.ts';
import { formOf } from '../support/html-page.ts';
import { createHttpClient, type HttpClient } from '../support/http-client.ts';

interface Enrolled {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

const example = 'one-time-codes';
const names = ['users.properties', 'roles.properties', 'one-time-codes.properties'];
let server: ExampleServer;
let browser: ChromiumBrowser;
let alice: Enrolled;
/** What alice has signed in with. */
let spent: string;

beforeAll(async () => {
  server = await startExample(example, {
    environment: {},
    files: Object.fromEntries(names.map((name) => [name, exampleFile(example, name)])),
    prepare(home) {
      const args = ['totp', 'enrol', '--domain', 'staff', '--user', 'alice', '--home', home, '--json'];
      alice = JSON.parse(execFileSync(process.execPath, ['bin/gatehouse', ...args], { encoding: 'utf8' }));
    },
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What an authenticator that nobody here wrote shows. */
function oathtool(secret: string, when = 'now'): string {
  return execFileSync('oathtool', ['--totp', '-b', '-N', when, secret], { encoding: 'utf8' }).trim();
}

const lastLogin = () => JSON.parse(server.lastDecision());
const totpStep = () => lastLogin().trace.modules[1];

/** A client on the second page. */
async function atSecondPage(client: HttpClient) {
  const page = await client.open(`${server.url}/reports/today`);
  return client.submit(page, { j_username: 'alice', j_password: 'example-alice' });
}

describe('a person with an authenticator', () => {
  it('signs in with name, password and code, each asked for on a page that a keyboard can use', async () => {
    const { page, complaints, context } = await browser.person();
    await page.goto(`${server.url}/reports/today`);
    await signIn(page, 'alice', 'example-alice');
    const field = page.getByLabel('Code from your authenticator');
    await field.waitFor();
    expect(await field.getAttribute('autocomplete')).toBe('one-time-code');
    expect(await field.getAttribute('inputmode')).toBe('numeric');
    expect(await page.content()).not.toContain('example-alice');
    expect(lastLogin()).toMatchObject({
      outcome: 'failure',
      reason: 'challenge',
      trace: { outcome: 'challenge', challenge: 'one-time-code' },
    });
    await field.fill('000000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(totpStep()).toMatchObject({ outcome: 'failed', reason: 'bad-credential: one-time code: wrong' });
    spent = oathtool(alice.secret);
    await page.getByLabel('Code from your authenticator').fill(spent);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('report', { exact: true }).waitFor();
    expect(lastLogin()).toMatchObject({ outcome: 'success', principal: 'alice' });
    expect(totpStep()).toMatchObject({ outcome: 'succeeded', reason: 'one-time code' });
    expect(complaints.filter((line) => !/403|favicon/.test(line))).toEqual([]);
    await context.close();
  });

  it('is refused with the same code again, and let in with a recovery code, once', async () => {
    const client = createHttpClient();
    expect((await client.submit(await atSecondPage(client), { one_time_code: spent })).status).toBe(403);
    expect(totpStep().reason).toMatch(/^bad-credential: one-time code: (used|wrong)$/);
    const [first = '', second = ''] = alice.recoveryCodes;
    const answers = await Promise.all(
      [createHttpClient(), createHttpClient(), createHttpClient()].map(async (one) =>
        one.submit(await atSecondPage(one), { one_time_code: first }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    expect((await client.submit(await atSecondPage(client), { one_time_code: second })).text).toBe('report');
    expect(totpStep()).toMatchObject({ reason: 'recovery code, 8 left' });
  });

  it('sees of a wrong password what it is, and no second page', async () => {
    const client = createHttpClient();
    const page = await client.open(`${server.url}/reports/today`);
    const known = await client.submit(page, { j_username: 'alice', j_password: 'wrong' });
    const unknown = await client.submit(page, { j_username: 'nobody', j_password: 'wrong' });
    expect([known.status, unknown.status]).toEqual([403, 403]);
    const plain = (text: string) => text.replace(/Decision \w+|value="[^"]*"/g, '');
    expect(plain(known.text)).toBe(plain(unknown.text));
    expect(known.text).not.toContain('one_time_code');
  });
});

describe('a sealed first leg', () => {
  const code = () => alice.recoveryCodes[2] ?? '';

  it('is worth nothing with another parked login of the same browser', async () => {
    const client = createHttpClient();
    const leg = formOf((await atSecondPage(client)).text).fields['leg'] ?? '';
    const other = await client.open(`${server.url}/reports/today`);
    const answer = await client.submit(other, { leg, one_time_code: code(), j_username: '', j_password: '' });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('Sign in again');
  });

  it('is worth nothing in another browser', async () => {
    const page = await atSecondPage(createHttpClient());
    const form = formOf(page.text);
    const thief = createHttpClient();
    await thief.open(`${server.url}/reports/today`);
    const fields = { ...form.fields, one_time_code: code() };
    const answer = await thief.send(new URL(form.action, page.url).href, { method: 'POST', form: fields });
    expect(answer.status).toBe(403);
    const own = await thief.open(`${server.url}/reports/today`);
    expect((await thief.submit(own, { ...fields, csrf: formOf(own.text).fields['csrf'] ?? '' })).status).toBe(403);
  });

  it.each([
    ['made up', 'A'.repeat(200)],
    ['empty', ''],
    ['huge', 'A'.repeat(200_000)],
  ])('that is %s leads back to the first page', async (_, leg) => {
    const client = createHttpClient();
    const answer = await client.submit(await atSecondPage(client), { leg, one_time_code: code() });
    expect(answer.status).toBe(403);
    expect(formOf(answer.text).fields).toHaveProperty('j_password');
  });

  it.each(['', '   ', '1'.repeat(65), '1'.repeat(100_000)])(
    'with the code %s asks again, and no module is asked',
    async (typed) => {
      const client = createHttpClient();
      const page = await atSecondPage(client);
      const before = server.lastDecision();
      const answer = await client.submit(page, { one_time_code: typed });
      expect(answer.status).toBe(400);
      expect(formOf(answer.text).fields).toHaveProperty('one_time_code');
      expect(server.lastDecision()).toBe(before);
    },
  );

  it('ends with the login that it belongs to', async () => {
    const client = createHttpClient();
    const page = await atSecondPage(client);
    expect((await client.submit(page, { one_time_code: code() })).text).toBe('report');
    const again = await client.submit(page, { one_time_code: alice.recoveryCodes[3] ?? '' });
    expect(again.status).toBe(403);
  });
});

describe('BASIC, which cannot ask', () => {
  const ask = (password: string) => {
    const authorization = `Basic ${Buffer.from(`alice:${password}`).toString('base64')}`;
    return fetch(`${server.url}/feeds/all`, { headers: { authorization } });
  };

  it('takes a code at the end of the password once, of however many requests at once', async () => {
    expect((await ask('example-alice')).status).toBe(401);
    expect(totpStep().reason).toBe(
      'unsupported-evidence: BASIC cannot be asked for a code, and the password must end in it',
    );
    // Of the step after the present one: no earlier login can have spent it.
    const code = oathtool(alice.secret, 'now + 30 seconds');
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(`example-alice${code}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    expect((await ask(`example-alice${code}`)).status).toBe(401);
    expect(totpStep().reason).toBe('bad-credential: one-time code: used');
  });
});

describe('a person without an authenticator', () => {
  it('sets one up after signing in by password, and needs it from then on', async () => {
    const { page, complaints, context } = await browser.person();
    await page.goto(`${server.url}/account/one-time-codes`);
    await signIn(page, 'bob', 'example-bob');
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    expect(totpStep()).toMatchObject({ outcome: 'succeeded', reason: 'no second factor: not enrolled' });
    const secret = ((await page.locator('code').textContent()) ?? '').replaceAll(' ', '');
    await page.getByLabel('Code of the new authenticator').fill('123456');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('alert').waitFor();
    expect(((await page.locator('code').textContent()) ?? '').replaceAll(' ', '')).toBe(secret);
    await page.getByLabel('Code of the new authenticator').fill(oathtool(secret));
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByText('shown only now').waitFor();
    const recovery = await page.locator('.codes li').allTextContents();
    expect(recovery).toHaveLength(10);

    await page.goto(`${server.url}/account/one-time-codes`);
    await page.getByText('and 10 recovery codes').waitFor();
    await page.locator('#remove-current').fill('000000');
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('alert').waitFor();
    await page.locator('#remove-current').fill(recovery[0] ?? '');
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'Your authenticator is removed' }).waitFor();
    expect(complaints.filter((line) => !/403|favicon/.test(line))).toEqual([]);
    await context.close();
  });

  it('cannot be given one by a form of another site, nor see the page from a script', async () => {
    const client = createHttpClient();
    const signedIn = await client.submit(await client.open(`${server.url}/account/one-time-codes`), {
      j_username: 'bob',
      j_password: 'example-bob',
    });
    const form = formOf(signedIn.text);
    expect(form.fields).toHaveProperty('proposal');
    const url = `${server.url}/account/one-time-codes`;
    const fields = { ...form.fields, code: '123456', csrf: '' };
    expect((await client.send(url, { method: 'POST', form: fields })).status).toBe(403);
    expect((await client.send(url, { method: 'POST', form: { ...fields, csrf: 'A'.repeat(43) } })).status).toBe(403);
    const scripted = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    expect((await client.send(url, { headers: scripted })).status).toBe(403);
  });
});
