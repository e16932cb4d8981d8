/** @module A Fastify route that answers with bytes that it was given, and does nothing else, in a process of its own: what HTTP alone costs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuMsOf } from './server-process.ts';

export interface BareRoute {
  readonly url: string;
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/** With the headers of a page of ours; the body comes by standard input, so that nothing is compiled into the script. */
const script = `
const { fastify } = require('fastify');
const { text } = require('node:stream/consumers');
text(process.stdin).then(async (body) => {
  const app = fastify();
  app.get('/', (_request, reply) => reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(body));
  console.log(await app.listen({ port: 0, host: '127.0.0.1' }));
});`;

export async function startBareRoute(body: string): Promise<BareRoute> {
  const child = spawn(process.execPath, ['-e', script], {
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(body);
  const [line] = await once(child.stdout, 'data');
  const { pid } = child;
  if (pid === undefined) throw new Error('the bare route has no pid');
  return { url: `${String(line).trim()}/`, cpuMs: () => cpuMsOf(pid), stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
