/** @module A real server on one of the examples, with an application behind its gateway. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { projectRoot } from '../architecture/planted-tree.ts';
import { temporaryFolder } from './servers/server-process.ts';

export interface ExampleServer {
  readonly url: string;
  /** Asks the application `reports` with a name and a password. */
  ask(name: string, password: string): Promise<Response>;
  /** What the application was sent last. */
  lastSeen(): IncomingHttpHeaders | undefined;
  /** Everything that the server wrote. */
  output(): string;
  /** The newest recorded decision of a login. */
  lastDecision(): string;
  close(): Promise<void>;
}

export const exampleFile = (example: string, name: string) =>
  readFileSync(join(projectRoot, 'examples', example, name), 'utf8');

export async function startExample(
  example: string,
  parts: {
    readonly environment: Readonly<Record<string, string>>;
    readonly files: Readonly<Record<string, string>>;
    /** Done in the home before the server starts. */
    readonly prepare?: (home: string) => void;
  },
): Promise<ExampleServer> {
  const home = temporaryFolder('home');
  const seen: IncomingHttpHeaders[] = [];
  const behind = createServer((request, response) => {
    seen.push(request.headers);
    response.end('report');
  });
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const address = behind.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  mkdirSync(join(home.path, 'configuration'));
  const written = exampleFile(example, 'gatehouse.yaml').replaceAll('127.0.0.1:9001', `127.0.0.1:${port}`);
  const ports = 'ports: { http: 0, https: 0, management-http: 0, management-https: 0 }';
  const files = { ...parts.files, 'gatehouse.yaml': `${written}\n${ports}\n` };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home.path, 'configuration', name), text);
  parts.prepare?.(home.path);
  const child = spawn(process.execPath, ['bin/gatehouse', 'serve', '--home', home.path, '--log', 'stdout'], {
    cwd: projectRoot,
    env: { ...process.env, ...parts.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  const greeting = Promise.withResolvers<string>();
  const read = (chunk: Buffer) => {
    output += chunk.toString('utf8');
    const url = /^Gatehouse +(http:\/\/[^/]+)\//m.exec(output)?.[1];
    if (url !== undefined) greeting.resolve(url);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  child.once('close', () => greeting.reject(new Error(output)));
  const url = await greeting.promise;
  return {
    url,
    ask: (name, password) => {
      const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
      return fetch(`${url}/reports/today`, { headers: { authorization } });
    },
    lastSeen: () => seen.at(-1),
    output: () => output,
    lastDecision: () =>
      readFileSync(join(home.path, 'log/audit.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"type":"login"'))
        .at(-1) ?? '',
    async close() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
      behind.close();
      home.remove();
    },
  };
}
