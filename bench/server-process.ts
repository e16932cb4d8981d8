/** @module A real server in a process of its own, so that its CPU and memory are its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
/** USER_HZ of Linux: the unit of utime and stime in /proc/<pid>/stat. */
const ticksPerSecond = 100;
const readyWithinMs = 20_000;

export interface ServerProcess {
  readonly pid: number;
  readonly output: () => string;
  /** What it says when it is up: a moment after it is ready. */
  greeting(): Promise<string>;
  readonly publicUrl: string;
  readonly managementUrl: string;
  /** User and system time so far, in milliseconds. */
  cpuMs(): Promise<number>;
  rssMb(): Promise<number>;
  stop(): Promise<void>;
}

export async function freshHome(): Promise<{ readonly home: string; remove(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  return { home, remove: () => rm(home, { recursive: true, force: true }) };
}

/** Ready when `/health/ready` answers 200. */
export async function startProcess(home: string, args: readonly string[] = []): Promise<ServerProcess> {
  const offset = await freeOffset();
  const child = spawn(
    process.execPath,
    ['bin/gatehouse', 'serve', '--home', home, '--port-offset', String(offset), ...args],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  const managementUrl = `http://127.0.0.1:${9990 + offset}`;
  await untilReady(managementUrl, child, () => output);
  const { pid } = child;
  if (pid === undefined) throw new Error('the server has no pid');
  return {
    pid,
    output: () => output,
    async greeting() {
      while (!output.includes('Configuration') && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 10));
      return output;
    },
    publicUrl: `http://localhost:${8080 + offset}`,
    managementUrl,
    cpuMs: () => cpuMsOf(pid),
    async rssMb() {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** User and system time of a process so far, all its threads together, in milliseconds. */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

async function untilReady(managementUrl: string, child: ChildProcess, output: () => string): Promise<void> {
  const until = Date.now() + readyWithinMs;
  while (Date.now() < until) {
    if (child.exitCode !== null) break;
    const up = await fetch(`${managementUrl}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  child.kill('SIGKILL');
  throw new Error(`the server did not get ready:\n${output()}`);
}

/** A free port far from the defaults stands for the whole set. */
async function freeOffset(): Promise<number> {
  const probe = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise<void>((resolve) => {
    probe.close(() => resolve());
  });
  return 20_000 + (port % 20_000);
}
