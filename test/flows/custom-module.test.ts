/** @module examples/custom-module: the real server with a login module that it has never seen, from the request to the application. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { temporaryFolder } from '../support/servers/server-process.ts';

const home = temporaryFolder('home');
const seen: IncomingHttpHeaders[] = [];
let behind: Server;
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  behind = createServer((request, response) => {
    seen.push(request.headers);
    response.end('release');
  });
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const upstream = `http://127.0.0.1:${(behind.address() as AddressInfo).port}`;
  const folder = join(home.path, 'configuration');
  cpSync(join(projectRoot, 'examples/custom-module'), folder, { recursive: true });
  const text = readFileSync(join(folder, 'gatehouse.yaml'), 'utf8').replace('http://127.0.0.1:9001', upstream);
  const ports = 'ports: { http: 0, https: 0, management-http: 0, management-https: 0 }';
  writeFileSync(join(folder, 'gatehouse.yaml'), `${text}\n${ports}\n`);
  server = spawn(process.execPath, ['bin/gatehouse', 'serve', '--home', home.path], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await greeted(server);
});

afterAll(async () => {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('close', resolve));
  behind.close();
  home.remove();
});

/** The public address, once the server says it. */
function greeted(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
    const address = /^Gatehouse +(http:\/\/[^/]+)\//m.exec(output)?.[1];
    if (address !== undefined) resolve(address);
  });
  child.once('close', () => reject(new Error(output)));
  return promise;
}

async function ask(path: string, name: string, token: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`;
  return (await fetch(`${url}/releases${path}`, { headers: { authorization } })).status;
}

function lastLogin() {
  const lines = readFileSync(join(home.path, 'log/audit.jsonl'), 'utf8').trimEnd().split('\n');
  const events: { type: string; reason?: string; trace?: { modules: unknown[] } }[] = lines.map((line) =>
    JSON.parse(line),
  );
  return events.findLast(({ type }) => type === 'login');
}

describe('the example custom-module', () => {
  it('gives each token its own roles', async () => {
    expect(await ask('/list', 'build-server', 'example-token-for-reading')).toBe(200);
    expect(seen.at(-1)).toMatchObject({ 'x-remote-user': 'build-server', 'x-remote-roles': 'machine,reader' });
    expect(await ask('/deploy/1', 'build-server', 'example-token-for-reading')).toBe(403);
    expect(await ask('/deploy/1', 'build-server', 'example-token-for-deploying')).toBe(200);
  });

  it('stands in the trace under its own code, with its line of the configuration', async () => {
    expect(await ask('/list', 'build-server', 'wrong')).toBe(401);
    expect(lastLogin()?.trace?.modules).toMatchObject([
      { code: 'TokenUsers', outcome: 'failed', reason: 'bad-credential', place: { file: 'gatehouse.yaml', line: 10 } },
    ]);
  });

  it('refuses a name that guessed too often like a wrong token, and other names not at all', async () => {
    for (let time = 0; time < 5; time += 1) await ask('/list', 'build-server', 'wrong');
    expect(await ask('/list', 'build-server', 'example-token-for-reading')).toBe(401);
    expect(lastLogin()).toMatchObject({ reason: 'locked-out', trace: { modules: [{ outcome: 'not-reached' }] } });
    expect(await ask('/list', 'nobody', 'wrong')).toBe(401);
    expect(lastLogin()).toMatchObject({ reason: 'unknown-user' });
  });
});
