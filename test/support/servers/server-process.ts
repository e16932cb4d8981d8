/** @module A real server as a child in the foreground: its account, its port, its readiness, its end, and how to stop its clock. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who the server runs as: many refuse to be root. Empty where this process is not root itself. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

export function account(name: string): Account {
  if (process.getuid?.() !== 0) return {};
  const id = (option: string) => Number(execFileSync('id', [option, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A folder below the machine's own for such things, which the account owns. */
export function temporaryFolder(name: string, { uid, gid }: Account = {}) {
  const path = mkdtempSync(join(tmpdir(), `gatehouse-${name}-`));
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** One that the kernel gives; another process could take it in the moment before the server does. */
export async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}

export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly account: Account;
  readonly cwd: string;
  /** Beside what this process has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it writes to either output when it answers; the port that it then has, where it writes nothing. */
  readonly ready: RegExp | number;
  /** For a quick end in good order. */
  readonly stopSignal: NodeJS.Signals;
}

export interface ServerProcess {
  /** Stops the clock of it and of its children: connections stay open and nobody answers. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** The last lines of a server that did not start. */
const keptCharacters = 4000;

/** @throws when the process ends before it is ready, with what it wrote */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const child = spawn(command.file, command.args, {
    ...command.account,
    cwd: command.cwd,
    env: { ...process.env, ...command.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await untilReady(child, command);
  return {
    pause() {
      signalAll(child, 'SIGSTOP');
      while (!isStopped(child));
    },
    resume: () => signalAll(child, 'SIGCONT'),
    async stop() {
      signalAll(child, 'SIGCONT');
      child.kill(command.stopSignal);
      await ended;
      process.off('exit', kill);
    },
  };
}

function untilReady(child: ChildProcess, { file, ready }: ServerCommand): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let output = '';
  const read = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-keptCharacters);
    if (ready instanceof RegExp && ready.test(output)) resolve();
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`${file} ended with ${code}:\n${output}`)));
  if (typeof ready === 'number') untilAccepted(child, ready, resolve);
  return promise;
}

function untilAccepted(child: ChildProcess, port: number, resolve: () => void): void {
  const socket = connect({ host: '127.0.0.1', port }, () => {
    socket.destroy();
    resolve();
  });
  socket.once('error', () => {
    if (child.exitCode === null) setTimeout(() => untilAccepted(child, port, resolve), 20);
  });
}

/** Children may be in sessions of their own, so a process group does not reach them. */
function signalAll(child: ChildProcess, signal: NodeJS.Signals): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null) return;
  for (const one of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(one, signal);
    } catch (error) {
      // It has ended since it was listed.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** A signal takes a moment to arrive at every thread. True also when it has ended. */
function isStopped({ pid = 0, exitCode }: ChildProcess): boolean {
  if (exitCode !== null) return true;
  return [pid, ...childrenOf(pid)].every((process) =>
    readdirSync(`/proc/${process}/task`).every((thread) =>
      /^\d+ \(.*\) [TtZ]/.test(readFileSync(`/proc/${process}/task/${thread}/stat`, 'utf8')),
    ),
  );
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .split(' ')
    .filter((word) => word.trim() !== '')
    .map(Number);
}
