/** @module Scenario 01, the columns of the application, on examples/01-out-of-the-box: the README's commands, curl in the place of people. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { startProgram } from '../support/child-process.ts';
import { curl } from '../support/curl.ts';
import { runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { poll } from '../support/poll.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const example = join(projectRoot, 'examples/01-out-of-the-box');
const folder = await makeTempFolder('out-of-the-box');
const home = join(folder.path, 'my-home');
const report = join(folder.path, 'my-import.txt');
const imported = await runGatehouse([
  ...['import-jboss', join(example, 'jboss/standalone.xml'), '--output', home, '--report', report],
]);
const application = startProgram(process.execPath, [join(example, 'sample-app1.mjs')], {
  env: { ...process.env, PORT: '0' },
});
const origin = await poll(
  async () => /http:\/\/127\.0\.0\.1:\d+/.exec(application.stdout())?.[0],
  () => application.output(),
);
const file = join(home, 'configuration/gatehouse.yaml');
const applications = await readFile(join(example, 'applications.yaml'), 'utf8');
await writeFile(file, `${await readFile(file, 'utf8')}${applications.replace('http://127.0.0.1:9001', origin)}`);
const gatehouse = await startGatehouse({ home });
afterAll(async () => {
  await gatehouse.stop();
  await application.stop();
  await folder.remove();
});

/** As a browser does: name and password go out when they are asked for. */
const whenAsked = (user: string) => ['--anyauth', '--user', user];
const people = {
  nobody: [],
  susan: whenAsked('susan:susan-Quartz-73'),
  sarah: whenAsked('sarah:sarah-Meadow-51'),
  frank: whenAsked('frank:frank-Fjord-62'),
} as const;
const get = (who: keyof typeof people, path: string) =>
  curl(...people[who], `${gatehouse.publicUrl}/sampleApp1${path}`);

test('the import refuses nothing that decides a login', async () => {
  expect(imported.code).toBe(0);
  expect(await readFile(report, 'utf8')).toContain('Nothing that decides a login was refused.');
});

/** Of its columns, the one of the management interface comes with that interface. */
describe('the table of the scenario', () => {
  test.each([
    ['nobody', 200, 401],
    ['susan', 200, 401],
    ['sarah', 200, 200],
    ['frank', 200, 403],
  ] as const)('%s gets %d for /hello.html and %d for /secure/hello.html', async (who, open, secure) => {
    expect((await get(who, '/hello.html')).status).toBe(open);
    expect((await get(who, '/secure/hello.html')).status).toBe(secure);
  });
});

test('the application is told who is there, and with which role', async () => {
  expect((await get('sarah', '/secure/hello.html')).body).toBe('You are sarah, with sample.\n');
});

test('the hash in the file is no password', async () => {
  const users = await readFile(join(home, 'configuration/application-users.properties'), 'utf8');
  const hash = /^sarah=(.*)$/m.exec(users)?.[1] ?? '';
  expect(hash).toMatch(/^[0-9a-f]{32}$/);
  const { status } = await curl('--user', `sarah:${hash}`, `${gatehouse.publicUrl}/sampleApp1/secure/hello.html`);
  expect(status).toBe(401);
});

test('RealmDirect has decided, and Remoting had no opinion', async () => {
  await get('sarah', '/secure/hello.html');
  // The first: the later ones come out of the cache that JBoss's configuration asks for.
  const first = (await gatehouse.audit()).find(({ type, principal }) => type === 'login' && principal === 'sarah');
  expect(first).toMatchObject({ outcome: 'success', domain: 'other' });
  expect(first?.trace?.modules.map(({ code, outcome }) => [code, outcome])).toEqual([
    ['Remoting', 'ignored'],
    ['RealmDirect', 'succeeded'],
  ]);
});
