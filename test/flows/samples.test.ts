import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { formsOf, linksOf, textOf } from '../support/html-page.ts';
import { createHttpClient, type HttpClient, type Reply } from '../support/http-client.ts';
import { postedAnswer } from '../support/saml-answer.ts';
import { createSamlJudges } from '../support/saml-judges.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

/** Scenario 05, with UsersRoles in place of the database. */
const table = [
  { user: 'eric', a: 200, b: 200, c: 200 },
  { user: 'amar', a: 200, b: 200, c: 403 },
  { user: 'brian', a: 403, b: 403, c: 200 },
  { user: 'alan', a: 403, b: 403, c: 403 },
] as const;
type App = 'a' | 'b' | 'c';
const apps: readonly App[] = ['a', 'b', 'c'];

let gatehouse: Gatehouse;
let password: string;

beforeAll(async () => {
  gatehouse = await startGatehouse({ args: ['--samples'] });
  password = /Sample users .*password: (\S+)\)/.exec(gatehouse.program.stdout())?.[1] ?? '';
});
afterAll(() => gatehouse?.stop());

const originOf = (app: App) =>
  `http://app-${app}.localhost:${{ a: 8081, b: 8082, c: 8083 }[app] + gatehouse.portOffset}`;
const protectedPage = (app: App) => `${originOf(app)}/secure/hello.html`;

/** Every answer that an application got in these tests. */
const answers: string[] = [];

/** Without scripts, as a browser that has none: the form that carries the answer is sent like any other. */
async function throughTheAnswer(client: HttpClient, page: Reply): Promise<Reply> {
  if (!('SAMLResponse' in (formsOf(page.text)[0]?.fields ?? {}))) return page;
  answers.push(postedAnswer(page).xml);
  return client.submit(page);
}

async function signIn(client: HttpClient, page: Reply, user: string): Promise<Reply> {
  return throughTheAnswer(client, await client.submit(page, { j_username: user, j_password: password }));
}

const begun = async () => (await gatehouse.audit()).filter(({ type }) => type === 'session-begun').length;

test('the first start prints one password for the sample users', () => {
  expect(password).toMatch(/^\S{12,}$/);
});

describe.each(table)('$user', (row) => {
  const client = createHttpClient();

  test('is asked for a password by the first application only, and gets back to the page that was asked for', async () => {
    const before = await begun();
    const form = await client.open(protectedPage('a'));
    expect(new URL(form.url).pathname).toMatch(/^\/login\//);
    expect(formsOf(form.text)[0]?.fields).toHaveProperty('j_username');
    const page = await signIn(client, form, row.user);
    expect(page.url).toBe(protectedPage('a'));
    expect(page.status).toBe(row.a);
    expect(await begun()).toBe(before + 1);
  });

  test.each(['b', 'c'] as const)('gets the answer of application %s without a form', async (app) => {
    const before = await begun();
    const answer = await client.open(protectedPage(app));
    expect(formsOf(answer.text)[0]?.fields).toHaveProperty('SAMLResponse');
    const page = await throughTheAnswer(client, answer);
    expect(page.url).toBe(protectedPage(app));
    expect(page.status).toBe(row[app]);
    expect(await begun()).toBe(before);
  });

  test('is called by his name on every page of an application', async () => {
    for (const app of apps) expect(textOf((await client.open(protectedPage(app))).text)).toContain(row.user);
  });
});

test('an application may ask for another page than the first, and that is where one gets back to', async () => {
  const client = createHttpClient();
  const wanted = `${originOf('b')}/secure/reports/hello.html`;
  expect((await signIn(client, await client.open(wanted), 'eric')).url).toBe(wanted);
});

test('pages that are open to all need no sign-in', async () => {
  for (const app of apps) expect((await createHttpClient().open(`${originOf(app)}/hello.html`)).status).toBe(200);
});

test('who signs in at the identity provider first picks an application from its list', async () => {
  const client = createHttpClient();
  const list = await signIn(client, await client.open(`${gatehouse.publicUrl}/`), 'eric');
  expect(list.url).toBe(`${gatehouse.publicUrl}/`);
  const links = [...linksOf(list.text)].filter(([, href]) => href.startsWith('/saml/idp/start'));
  expect(links).toHaveLength(apps.length);
  const names: string[] = [];
  for (const [name, href] of links) {
    const page = await throughTheAnswer(client, await client.open(new URL(href, list.url).href));
    expect(page.status, name).toBe(200);
    names.push(new URL(page.url).hostname);
  }
  expect(names.toSorted()).toEqual(['app-a.localhost', 'app-b.localhost', 'app-c.localhost']);
});

test('a login gives a session id that the browser did not have before, and the old one is worthless', async () => {
  const client = createHttpClient();
  await signIn(client, await client.open(`${gatehouse.publicUrl}/`), 'eric');
  const first = client.cookie('localhost', 'GATEHOUSESSO') ?? '';
  expect(first).not.toBe('');

  // A second login in the same browser: the sign-in page of a request that wants a fresh login.
  const other = createHttpClient();
  const form = await other.open(`${gatehouse.publicUrl}/`);
  other.setCookie('localhost', 'GATEHOUSESSO', first);
  await signIn(other, form, 'amar');
  const second = other.cookie('localhost', 'GATEHOUSESSO') ?? '';
  expect(second).not.toBe('');
  expect(second).not.toBe(first);
  expect(new URL((await client.open(`${gatehouse.publicUrl}/`)).url).pathname).toMatch(/^\/login\//);
});

test('an id that a stranger planted is not the id of the session', async () => {
  const client = createHttpClient();
  const planted = 'A'.repeat(43);
  client.setCookie('localhost', 'GATEHOUSESSO', planted);
  await signIn(client, await client.open(`${gatehouse.publicUrl}/`), 'eric');
  expect(client.cookie('localhost', 'GATEHOUSESSO')).not.toBe(planted);
});

test('after the sign-out at the identity provider an application that has forgotten its user asks again', async () => {
  const client = createHttpClient();
  await signIn(client, await client.open(protectedPage('a')), 'eric');
  const asked = await client.open(`${gatehouse.publicUrl}/logout`);
  expect(textOf(asked.text)).toContain('eric');
  await client.submit(asked);
  // Its own session lives on: this is a local sign-out.
  expect((await client.open(protectedPage('a'))).url).toBe(protectedPage('a'));
  await client.open(`${originOf('a')}/logout`);
  expect(new URL((await client.open(protectedPage('a'))).url).pathname).toMatch(/^\/login\//);
});

test('an answer that is posted to the application a second time is refused', async () => {
  const client = createHttpClient();
  const form = await client.open(protectedPage('c'));
  const answer = await client.submit(form, { j_username: 'eric', j_password: password });
  expect((await client.submit(answer)).status).toBe(200);
  const stranger = createHttpClient();
  expect((await stranger.submit(answer)).status).toBe(403);
});

test('an answer for one application is refused by another', async () => {
  const client = createHttpClient();
  const answer = await client.submit(await client.open(protectedPage('a')), {
    j_username: 'eric',
    j_password: password,
  });
  const form = formsOf(answer.text)[0];
  const reply = await createHttpClient().open(`${originOf('b')}/saml/acs`, {
    method: 'POST',
    form: form?.fields ?? {},
  });
  expect(reply.status).toBe(403);
});

test('no cookie of the identity provider or of the applications can be read by a script', async () => {
  const client = createHttpClient();
  const form = await client.open(protectedPage('a'));
  const sent = [
    ...form.setCookies,
    ...(await client.send(`${gatehouse.publicUrl}/logout`)).setCookies,
    ...(await signIn(client, form, 'eric')).setCookies,
  ];
  expect(sent.length).toBeGreaterThan(0);
  expect(sent.filter((line) => !/;\s*httponly/i.test(line))).toEqual([]);
});

test('xmlsec1 and the schemas have nothing against any answer of this flow', async () => {
  await using folder = await makeTempFolder('judges');
  const judges = await createSamlJudges(folder.path);
  expect(answers.length).toBeGreaterThanOrEqual(table.length * apps.length);
  expect(await judges.objections(answers, { certificatePath: `${gatehouse.home}/data/keys/idp.crt` })).toEqual([]);
});
