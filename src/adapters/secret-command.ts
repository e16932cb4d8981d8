/** @module Asks a program for a secret: no shell, bounded in time and output, the first line counts (jboss-facts §4.6). */
import { spawn } from 'node:child_process';
import { Secret } from '../spi/secret.ts';
import { isSystemError } from './system-error.ts';

export interface SecretCommand {
  /** Program and arguments. */
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

export type SecretCommandAnswer =
  | { readonly status: 'answered'; readonly text: Secret<string> }
  /** In words, without anything that the program wrote. */
  | { readonly status: 'failed'; readonly problem: string };

/** As for a secret in a file. */
const maxOutputBytes = 64 * 1024;

/**
 * Its standard error is not shown, because nobody knows what stands in it. It runs in a process group of its own, so that what
 * it has started ends with it when its time is over.
 */
export function runSecretCommand({ argv, timeoutMs }: SecretCommand): Promise<SecretCommandAnswer> {
  const [program = '', ...args] = argv;
  const { promise, resolve } = Promise.withResolvers<SecretCommandAnswer>();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], shell: false, detached: true });
  const pieces: Buffer[] = [];
  let length = 0;
  let stopped: string | undefined;
  const stop = (problem: string) => {
    stopped ??= problem;
    child.stdout.destroy();
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const timer = setTimeout(() => stop(`it had no answer within ${timeoutMs} ms`), timeoutMs);
  child.stdout.on('data', (piece: Buffer) => {
    length += piece.length;
    pieces.push(piece);
    if (length > maxOutputBytes) stop(`it wrote more than ${maxOutputBytes} bytes`);
  });
  const finish = (problem: string | undefined) => {
    clearTimeout(timer);
    resolve(problem === undefined ? answerOf(pieces) : { status: 'failed', problem });
  };
  child.once('error', (error) => {
    if (!isSystemError(error)) throw error;
    finish(error.code === 'ENOENT' ? 'there is no such program' : `it cannot be run (${error.code})`);
  });
  child.once('close', (code, signal) => {
    finish(stopped ?? (code === 0 ? undefined : `it ended with ${code ?? signal}`));
  });
  return promise;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself in the meantime.
    if (!isSystemError(error) || error.code !== 'ESRCH') throw error;
  }
}

function answerOf(pieces: readonly Buffer[]): SecretCommandAnswer {
  const [line = ''] = Buffer.concat(pieces).toString('utf8').split(/\r?\n/, 1);
  return line === ''
    ? { status: 'failed', problem: 'its first line is empty' }
    : { status: 'answered', text: new Secret(line) };
}
