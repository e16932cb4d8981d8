/** @module Programs that a test starts: their output kept, their end awaited, stopped by their own process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** What it has written so far, both streams in the order in which they came. */
  output(): string;
  stdout(): string;
  /** Resolves when it has ended and all its output is here. */
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  kill(signal?: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when that is not heard. */
  stop(): Promise<Exit>;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Longer than any server of the tests promises to need. */
const patienceMs = 10_000;

export function startProgram(file: string, args: readonly string[], options: ProgramOptions = {}): RunningProgram {
  const env = options.env ?? process.env;
  const child = spawn(file, args, { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const all: string[] = [];
  const out: string[] = [];
  let ended = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    all.push(text);
    out.push(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => all.push(text));
  // A program that ends without reading its input closes the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    ended = true;
    return { code, signal };
  });
  return {
    child,
    output: () => all.join(''),
    stdout: () => out.join(''),
    exited,
    hasExited: () => ended,
    kill: (signal = 'SIGTERM') => {
      child.kill(signal);
    },
    async stop() {
      child.kill('SIGTERM');
      const last = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      try {
        return await exited;
      } finally {
        clearTimeout(last);
      }
    },
  };
}

export interface FinishedProgram extends Exit {
  readonly stdout: string;
  readonly output: string;
}

/** Runs a program to its end. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<FinishedProgram> {
  const program = startProgram(file, args, options);
  const exit = await program.exited;
  return { ...exit, stdout: program.stdout(), output: program.output() };
}

/** Runs a program that has to succeed, and gives its standard output. */
export async function mustRun(file: string, args: readonly string[], options?: ProgramOptions): Promise<string> {
  const done = await runProgram(file, args, options);
  if (done.code !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${done.code ?? done.signal}:\n${done.output}`);
  return done.stdout;
}
