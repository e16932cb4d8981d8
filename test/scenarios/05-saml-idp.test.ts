/** @module Scenario 05, the identity provider's half, on examples/05-saml-sso as it stands: PostgreSQL, the vault, three SAML applications. */
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { runProgram } from '../support/child-process.ts';
import { type ChromiumBrowser, launchChromium, signIn as signInWithBrowser } from '../support/chromium.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { type Gatehouse, runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { formsOf, linksOf, textOf } from '../support/html-page.ts';
import { createHttpClient, type HttpClient, type Reply } from '../support/http-client.ts';
import { poll } from '../support/poll.ts';
import { startPostgresql } from '../support/servers/postgresql.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const table = [
  { user: 'eric', role: 'all', a: 200, b: 200, c: 200 },
  { user: 'amar', role: 'AB', a: 200, b: 200, c: 403 },
  { user: 'brian', role: 'C', a: 403, b: 403, c: 200 },
  { user: 'alan', role: 'none', a: 403, b: 403, c: 403 },
] as const;
type App = 'a' | 'b' | 'c';
const apps: readonly App[] = ['a', 'b', 'c'];
/** Not the example's: nothing else that is written may look like it. */
const databasePassword = 'vaulted-Osprey-7731';

const example = join(projectRoot, 'examples/05-saml-sso');
const database = await startPostgresql();
database.run(
  (await readFile(join(example, 'schema.sql'), 'utf8')).replace(
    "password 'change-me'",
    `password '${databasePassword}'`,
  ),
);
const folder = await makeTempFolder('saml-sso');
const home = join(folder.path, 'my-home');
await mkdir(join(home, 'configuration'), { recursive: true });
await mkdir(join(home, 'data/keys'), { recursive: true });
await cp(join(example, 'gatehouse.yaml'), join(home, 'configuration/gatehouse.yaml'));
await runGatehouse(['cert', 'idp', '--home', home, '--out', join(home, 'data/keys')]);
process.env['USERS_DB_URL'] = `postgresql://127.0.0.1:${database.port}/${database.database}`;
const beforeTheVault = await runGatehouse(['serve', '--home', home]);
await runGatehouse(['vault', 'init', '--home', home]);
const vaultAdd = ['bin/gatehouse', 'vault', 'add', 'ds_users', 'password', '--home', home];
const stored = await runProgram(process.execPath, vaultAdd, { cwd: projectRoot, input: `${databasePassword}\n` });
const gatehouse = await startGatehouse({ home, args: ['--samples'] });
afterAll(async () => {
  await gatehouse.stop();
  await database.close();
  await folder.remove();
});

const originOf = (app: App, server: Gatehouse = gatehouse) =>
  `http://app-${app}.localhost:${{ a: 8081, b: 8082, c: 8083 }[app] + server.portOffset}`;
const protectedPage = (app: App, server?: Gatehouse) => `${originOf(app, server)}/secure/hello.html`;

/** Without scripts: the form that carries the answer is sent like any other. */
async function throughTheAnswer(client: HttpClient, page: Reply): Promise<Reply> {
  return 'SAMLResponse' in (formsOf(page.text)[0]?.fields ?? {}) ? client.submit(page) : page;
}

const asksForPassword = (page: Reply) => 'j_username' in (formsOf(page.text)[0]?.fields ?? {});

async function signIn(client: HttpClient, form: Reply, user: string): Promise<Reply> {
  return throughTheAnswer(client, await client.submit(form, { j_username: user, j_password: `${user}-password` }));
}

test('a start without the vault is refused with the line that refers to it', () => {
  expect(beforeTheVault.code).toBe(1);
  expect(beforeTheVault.output).toMatch(
    /gatehouse\.yaml:\d+:15 {2}datasources\.users\.password {2}there is no vault in this home; "gatehouse vault init" makes one/,
  );
});

test('the vault prints the reference that stands in the example', async () => {
  const reference = `\${VAULT::ds_users::password::1}`;
  expect(stored.stdout).toContain(reference);
  expect(await readFile(join(example, 'gatehouse.yaml'), 'utf8')).toContain(`password: ${reference}`);
});

describe.each(table)('$user with the role $role', (row) => {
  const client = createHttpClient();

  test('signs in for the first application, and gets back to the page that was asked for', async () => {
    const form = await client.open(protectedPage('a'));
    expect(asksForPassword(form)).toBe(true);
    const page = await signIn(client, form, row.user);
    expect([page.url, page.status]).toEqual([protectedPage('a'), row.a]);
    expect(textOf(page.text)).toContain(row.user);
  });

  test.each(['b', 'c'] as const)('is let into application %s as the table says, without a form', async (app) => {
    const answer = await client.open(protectedPage(app));
    expect(asksForPassword(answer)).toBe(false);
    const page = await throughTheAnswer(client, answer);
    expect([page.url, page.status]).toEqual([protectedPage(app), row[app]]);
  });

  test.each(apps)('sees the open page of application %s', async (app) => {
    expect((await client.open(`${originOf(app)}/hello.html`)).status).toBe(200);
  });
});

test.each(table)(
  '$user signs in at the identity provider first and picks each application from its list',
  async (row) => {
    const client = createHttpClient();
    const list = await signIn(client, await client.open(`${gatehouse.publicUrl}/`), row.user);
    const links = linksOf(list.text);
    for (const app of apps) {
      const href = links.get(`Sample ${app.toUpperCase()}`) ?? '';
      const page = await throughTheAnswer(client, await client.open(new URL(href, list.url).href));
      expect([new URL(page.url).origin, page.status]).toEqual([originOf(app), row[app]]);
    }
  },
);

describe('global logout', () => {
  let browser: ChromiumBrowser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each(apps)('at application %s: every application and the identity provider ask again', async (app) => {
    const { context, page } = await browser.person();
    await page.goto(protectedPage('a'));
    await signInWithBrowser(page, 'eric', 'eric-password');
    for (const one of apps) {
      await page.goto(protectedPage(one));
      await page.getByText('Hello eric').waitFor();
    }
    await page.goto(protectedPage(app));
    await page.getByRole('link', { name: 'sign out everywhere' }).click();
    await page.getByText('You are signed out here and everywhere.').waitFor();
    expect(new URL(page.url()).origin).toBe(originOf(app));
    for (const url of [...apps.map((one) => protectedPage(one)), `${gatehouse.publicUrl}/`]) {
      await page.goto(url);
      await page.getByLabel('Password').waitFor();
    }
    await context.close();
  });

  test('a LogoutRequest that nobody signed ends nothing', async () => {
    const client = createHttpClient();
    await signIn(client, await client.open(protectedPage('a')), 'eric');
    const request = '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"/>';
    const form = { SAMLRequest: Buffer.from(request).toString('base64') };
    expect((await client.send(`${originOf('a')}/saml/slo`, { method: 'POST', form })).status).toBe(403);
    expect((await client.send(protectedPage('a'))).status).toBe(200);
  });
});

test('when an assertion has expired, a new one is fetched silently while the session at the identity provider lives', async () => {
  const partners = apps.map((app) => ({ file: `sample-${app}.xml`, metadata: 'written at the start' }));
  const samlIdp = { 'assertion-lifetime-seconds': 10 };
  await using server = await startGatehouse({ content: { partners, samlIdp }, args: ['--samples'] });
  const begun = async () => (await server.audit()).filter(({ type }) => type === 'session-begun').length;
  const wanted = protectedPage('a', server);
  const client = createHttpClient();
  const form = { j_username: 'eric', j_password: passwords.eric };
  await throughTheAnswer(client, await client.submit(await client.open(wanted), form));
  expect(await begun()).toBe(1);
  const asked = await poll(
    async () => {
      const reply = await client.send(wanted);
      return reply.status === 200 ? undefined : reply;
    },
    () => 'the application never asks again',
  );
  expect(asked.headers.location).toMatch(/\/saml\/idp\/sso\?SAMLRequest=/);
  const answer = await client.open(asked.headers.location ?? '');
  expect(asksForPassword(answer)).toBe(false);
  const page = await throughTheAnswer(client, answer);
  expect([page.url, page.status]).toEqual([wanted, 200]);
  expect(await begun()).toBe(1);
});

test.each([
  ['eric', 'wrong'],
  ['eric', ''],
  ['nobody', 'eric-password'],
  ["' or '1'='1", 'x'],
])('%s with the password %j is asked again', async (name, password) => {
  const client = createHttpClient();
  const form = await client.open(protectedPage('a'));
  const again = await client.submit(form, { j_username: name, j_password: password });
  expect(asksForPassword(again)).toBe(true);
});

test('the decision names the module and the line, and not the password of the database', async () => {
  const login = (await gatehouse.audit()).find(({ type, outcome }) => type === 'login' && outcome === 'success');
  const { stdout } = await gatehouse.explain(login?.id ?? '');
  expect(stdout).toMatch(/Database/);
  expect(stdout).not.toContain(databasePassword);
});

test('the password of the database stands nowhere that the server has written', async () => {
  const files = await readdir(home, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((one) => one.isFile())
      .map(async (one) => [one.name, await readFile(join(one.parentPath, one.name), 'latin1')]),
  );
  expect(texts.length).toBeGreaterThan(5);
  expect(texts.filter(([, text]) => text?.includes(databasePassword)).map(([name]) => name)).toEqual([]);
  expect(gatehouse.program.output()).not.toContain(databasePassword);
});

test('nobody is let in while the database cannot be asked', async () => {
  await database.stop();
  const client = createHttpClient();
  const form = await client.open(protectedPage('a'));
  const answer = await client.submit(form, { j_username: 'eric', j_password: 'eric-password' });
  expect(answer.status).toBe(503);
  expect(answer.text).not.toContain(databasePassword);
  await database.restart();
  const later = createHttpClient();
  expect((await signIn(later, await later.open(protectedPage('a')), 'eric')).status).toBe(200);
});
