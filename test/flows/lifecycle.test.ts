import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSecurityHeaders } from '../support/bad-input.ts';
import { passwords } from '../support/gatehouse-home.ts';
import { runGatehouse, spawnGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { decisionOf } from '../support/html-page.ts';
import { createHttpClient, exchange } from '../support/http-client.ts';
import { poll } from '../support/poll.ts';
import { freePortOffset } from '../support/ports.ts';
import { openRaw, statusesOf } from '../support/raw-http.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

/** What is promised between the signal and the end. */
const stopsWithinMs = 5_000;

let folder: TempFolder;
beforeAll(async () => {
  folder = await makeTempFolder('lifecycle');
});
afterAll(() => folder?.remove());

describe('a home that is new', () => {
  let home: string;
  let first: string;
  let second: string;
  let portOffset: number;

  beforeAll(async () => {
    home = join(folder.path, 'new');
    portOffset = await freePortOffset();
    const start = async () => {
      await using gatehouse = await startGatehouse({ home, portOffset, args: ['--samples'] });
      return gatehouse.program.stdout();
    };
    first = await start();
    second = await start();
  });

  test('is greeted with addresses, users, an administrator and a path, in under ten lines', () => {
    expect(first.trimEnd().split('\n').length).toBeLessThan(10);
    expect(first).toContain(`http://localhost:${8080 + portOffset}/`);
    for (const [letter, port] of [
      ['a', 8081],
      ['b', 8082],
      ['c', 8083],
    ] as const) {
      expect(first).toContain(`http://app-${letter}.localhost:${port + portOffset}/`);
    }
    for (const name of Object.keys(passwords)) expect(first).toContain(name);
    expect(first).toMatch(/Administrator\s+\S+ \(one-time password, shown only now: \S{12,}\)/);
    expect(first).toContain(join('configuration', 'gatehouse.yaml'));
  });

  test('is greeted the second time without users and passwords', () => {
    expect(second).toContain(`http://localhost:${8080 + portOffset}/`);
    expect(second).not.toMatch(/password|eric|Administrator/i);
  });

  test('keeps no password that was printed, in no file', async () => {
    const printed = [...first.matchAll(/password[^:]*: (\S+?)\)/g)].map(([, password = '']) => password);
    expect(printed).toHaveLength(2);
    for (const text of await textsBelow(home)) for (const password of printed) expect(text).not.toContain(password);
  });

  test('gets other passwords than the next', async () => {
    await using other = await startGatehouse({ args: ['--samples'] });
    const passwordIn = (text: string) => /users .*password: (\S+)\)/.exec(text)?.[1];
    expect(passwordIn(other.program.stdout())).toMatch(/\S/);
    expect(passwordIn(other.program.stdout())).not.toBe(passwordIn(first));
  });
});

async function textsBelow(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
  );
}

describe('serve --check', () => {
  const yaml = (home: string) => join(home, 'configuration', 'gatehouse.yaml');
  let home: string;
  let good: string;

  beforeAll(async () => {
    home = join(folder.path, 'checked');
    await (await startGatehouse({ home, content: {} })).stop();
    good = await readFile(yaml(home), 'utf8');
  });

  async function check(text: string) {
    await writeFile(yaml(home), text);
    return runGatehouse(['serve', '--check', '--home', home]);
  }

  test('of a good configuration says so and ends with 0', async () => {
    const done = await check(good);
    expect(done.output).toContain('is in order');
    expect(done.code).toBe(0);
  });

  test('of a bad one names every problem with its line and ends with 1', async () => {
    const done = await check(
      `nod: x\n${good.replace('UsersRoles', 'UserRoles').replace('flag: required', 'flag: needed')}`,
    );
    expect(done.code).toBe(1);
    expect(done.output).toMatch(/gatehouse\.yaml:1\b.*\bnod\b.*node/);
    expect(done.output).toMatch(/gatehouse\.yaml:\d+.*UserRoles.*UsersRoles/);
    expect(done.output).toMatch(/gatehouse\.yaml:\d+.*required/);
  });

  test('of what another version will have says that it is not in this one', async () => {
    const done = await check(good.replace('code: UsersRoles', 'code: SAML2STS'));
    expect(done.code).toBe(1);
    expect(done.output).toContain('not in this version');
  });

  test.each(['idp.key', 'idp.crt'])('without %s ends with 1', async (file) => {
    await using copy = await makeTempFolder('check');
    await (await startGatehouse({ home: copy.path, content: {} })).stop();
    await rm(join(copy.path, 'data', 'keys', file));
    const done = await runGatehouse(['serve', '--check', '--home', copy.path]);
    expect(done.output).toContain(file);
    expect(done.code).toBe(1);
  });

  test('the same faults end a start, which opens nothing', async () => {
    await writeFile(yaml(home), `nod: x\n${good}`);
    const done = await runGatehouse(['serve', '--home', home, '--port-offset', String(await freePortOffset())]);
    expect(done.code).toBe(1);
    expect(done.output).toMatch(/gatehouse\.yaml:1\b/);
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s while a request is under way', (signal) => {
  test('readiness goes off, the request is answered, no new one is taken, the end comes with 0 in time', async () => {
    const gatehouse = await startGatehouse({ content: {} });
    const form = 'csrf=x';
    const slow = await openRaw(gatehouse.publicPort);
    slow.write(
      `POST /logout HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n`,
    );
    // The server has the head before it gets the signal: it has answered another request that came later.
    await exchange(gatehouse.publicUrl);
    const signalledAt = performance.now();
    gatehouse.program.kill(signal);
    const ready = await poll(
      async () => ((await gatehouse.health('ready')) === 200 ? undefined : await gatehouse.health('ready')),
      () => 'readiness did not go off',
    );
    expect(ready).toBe(503);
    expect(gatehouse.program.hasExited()).toBe(false);
    await expect(exchange(gatehouse.publicUrl)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    slow.write(form);
    const answer = await slow.received;
    expect(statusesOf(answer)).toEqual([403]);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(await gatehouse.program.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - signalledAt).toBeLessThan(stopsWithinMs);
    await gatehouse.stop();
  });
});

test('a request that does not end does not keep the server from ending with 0 in time', async () => {
  const gatehouse = await startGatehouse({ content: {} });
  const stuck = await openRaw(gatehouse.publicPort);
  stuck.write('POST /logout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n');
  await exchange(gatehouse.publicUrl);
  const signalledAt = performance.now();
  expect(await gatehouse.stop()).toEqual({ code: 0, signal: null });
  expect(performance.now() - signalledAt).toBeLessThan(stopsWithinMs);
  await stuck.received;
});

test('a port that is taken is named, and the start fails', async () => {
  await using gatehouse = await startGatehouse({ content: {} });
  const taken = createServer();
  const portOffset = await freePortOffset();
  await new Promise<void>((resolve) => taken.listen({ host: '127.0.0.1', port: 8080 + portOffset }, resolve));
  const second = spawnGatehouse(['--home', gatehouse.home, '--port-offset', String(portOffset)]);
  const exit = await second.exited;
  taken.close();
  expect(exit.code).not.toBe(0);
  expect(second.output()).toContain(String(8080 + portOffset));
  expect(second.output()).toContain('ERR_LISTEN');
  expect(second.output()).toContain('another program listens there');
  expect(second.output()).not.toMatch(/^\s+at /m);
});

test('a login is explained afterwards: module, outcome, roles, line of configuration, and no password anywhere', async () => {
  const gatehouse = await startGatehouse({ home: join(folder.path, 'explained'), content: {} });
  const client = createHttpClient();
  const form = await client.open(gatehouse.publicUrl);
  expectSecurityHeaders(form);
  const refused = await client.submit(form, { j_username: 'amar', j_password: 'not-the-Password-1' });
  expectSecurityHeaders(refused);
  await client.submit(refused, { j_username: 'amar', j_password: passwords.amar });
  const login = (await gatehouse.audit()).findLast(({ type }) => type === 'login');
  const explained = await gatehouse.explain(login?.decision ?? '');
  expect(explained.stdout).toMatch(/^Decision [0-9A-Z]{26}: authenticated$/m);
  expect(explained.stdout).toMatch(/required\s+UsersRoles\s+succeeded.*gatehouse\.yaml:\d+.*AB/);
  expect((await gatehouse.explain(decisionOf(refused.text) ?? '')).stdout).toMatch(/bad-credential/);
  expect((await gatehouse.explain('0'.repeat(26))).code).toBe(1);
  expect((await gatehouse.explain('not-an-id')).code).toBe(2);
  await gatehouse.stop();
  for (const text of await textsBelow(gatehouse.home)) {
    expect(text).not.toContain(passwords.amar);
    expect(text).not.toContain('not-the-Password-1');
  }
});

describe('serve --check', () => {
  test('refuses a folder without a configuration, and makes nothing there', async () => {
    const folder = await makeTempFolder('no-home');
    const home = join(folder.path, 'home');
    const checked = await runGatehouse(['serve', '--check', '--home', home]);
    expect(checked.code).toBe(1);
    expect(checked.output).toContain('There is no configuration');
    await expect(access(home)).rejects.toMatchObject({ code: 'ENOENT' });
    await folder.remove();
  });
});
