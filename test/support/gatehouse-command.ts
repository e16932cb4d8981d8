/** @module The command line as a person runs it: a process of its own, with its exit code and what it wrote. */
import { join } from 'node:path';
import { type FinishedProgram, runProgram } from './child-process.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'gatehouse');

export function gatehouse(...args: readonly string[]): Promise<FinishedProgram> {
  return runProgram(process.execPath, [program, ...args]);
}
