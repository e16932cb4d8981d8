/** @module Debian's redis-server in the foreground, in memory, on a port of its own. */
import { execFileSync } from 'node:child_process';
import { freePort, type ServerProcess, startServerProcess, temporaryFolder } from './server-process.ts';

export interface RedisServer extends ServerProcess {
  readonly port: number;
  /** An answer of `redis-cli`, as text. */
  run(...command: readonly string[]): string;
  /** Stopped for good, and its folder gone. */
  close(): Promise<void>;
  /** On the same port, empty. */
  startAgain(): Promise<void>;
}

export async function startRedis(more: readonly string[] = []): Promise<RedisServer> {
  const folder = temporaryFolder('redis');
  const port = await freePort();
  const start = () =>
    startServerProcess({
      file: '/usr/bin/redis-server',
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...more],
      account: {},
      cwd: folder.path,
      ready: /Ready to accept connections/,
      stopSignal: 'SIGKILL',
    });
  let server = await start();
  return {
    port,
    run: (...command) =>
      execFileSync('/usr/bin/redis-cli', ['-p', String(port), ...command], { encoding: 'utf8', timeout: 10_000 }),
    pause: () => server.pause(),
    resume: () => server.resume(),
    stop: () => server.stop(),
    async startAgain() {
      server = await start();
    },
    async close() {
      await server.stop();
      folder.remove();
    },
  };
}
