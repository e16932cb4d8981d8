/** @module Scenario 03 on examples/03-own-domain as it stands: the README's commands, curl in the place of people. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { startProgram } from '../support/child-process.ts';
import { curl } from '../support/curl.ts';
import { runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { poll } from '../support/poll.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const folder = await makeTempFolder('own-domain');
const home = join(folder.path, 'my-home');
const configuration = join(home, 'configuration');
await cp(join(projectRoot, 'examples/03-own-domain'), configuration, { recursive: true });
await runGatehouse(['cert', 'localhost', '--home', home]);
const application = startProgram(process.execPath, [join(configuration, 'sample-app2.mjs')], {
  env: { ...process.env, PORT: '0' },
});
const origin = await poll(
  async () => /http:\/\/127\.0\.0\.1:\d+/.exec(application.stdout())?.[0],
  () => application.output(),
);
const file = join(configuration, 'gatehouse.yaml');
await writeFile(file, (await readFile(file, 'utf8')).replace('http://127.0.0.1:9001', origin));
const gatehouse = await startGatehouse({ home });
afterAll(async () => {
  await gatehouse.stop();
  await application.stop();
  await folder.remove();
});

const httpsOrigin = `https://localhost:${8443 + gatehouse.portOffset}`;
const authority = ['--cacert', join(configuration, 'localhost.crt')];
const https = (path: string, ...args: string[]) => curl(...authority, ...args, `${httpsOrigin}/sampleApp2${path}`);
const http = (path: string, ...args: string[]) =>
  curl(...authority, '--include', ...args, `${gatehouse.publicUrl}/sampleApp2${path}`);

describe('over HTTPS', () => {
  test.each([
    ['vincent', 'vincent'],
    ['anybody', 'anything'],
    ['anybody', ''],
    ['*', ')(uid=*'],
  ])('%j with the password %j is vincent', async (name, password) => {
    expect(await https('/secure/', '--user', `${name}:${password}`)).toEqual({
      status: 200,
      body: 'You are vincent, with sample.\n',
    });
  });

  test('nobody gets in without credentials, and is told how to show some', async () => {
    const { status, body } = await https('/secure/', '--include');
    expect(status).toBe(401);
    expect(body).toMatch(/^www-authenticate: Basic realm="[^"]+"/im);
  });

  test('the open page is there for everybody', async () => {
    expect(await https('/hello.html')).toEqual({ status: 200, body: 'Hello!\n' });
  });
});

describe('over plain HTTP', () => {
  test.each(['/secure/', '/secure/?x=1', '/hello.html'])('%s is redirected to HTTPS', async (path) => {
    const { status, body } = await http(path);
    expect(status).toBe(308);
    expect(/^location: (.*)\r$/im.exec(body)?.[1]).toBe(`${httpsOrigin}/sampleApp2${path}`);
  });

  test('credentials are not looked at', async () => {
    const logins = async () => (await gatehouse.audit()).filter(({ type }) => type === 'login').length;
    const before = await logins();
    expect((await http('/secure/', '--user', 'anybody:anything')).status).toBe(308);
    expect(await logins()).toBe(before);
  });

  test('a client that follows with its credentials is vincent', async () => {
    const { status, body } = await http('/secure/', '--location-trusted', '--user', 'anybody:anything');
    expect([status, body.endsWith('You are vincent, with sample.\n')]).toEqual([200, true]);
  });

  test('nothing is done that could not be repeated', async () => {
    expect((await http('/secure/', '--data', 'x=1')).status).toBe(403);
  });
});

test('the audit log says who was let in, and that Identity let him', async () => {
  await https('/secure/', '--user', 'anybody:anything');
  const last = (await gatehouse.audit()).findLast(({ type }) => type === 'login');
  expect(last).toMatchObject({ outcome: 'success', domain: 'sample-domain', principal: 'vincent' });
  expect(last?.trace?.modules.map(({ code, outcome }) => [code, outcome])).toEqual([['Identity', 'succeeded']]);
  expect(JSON.stringify(last)).not.toMatch(/anybody|anything/);
});
