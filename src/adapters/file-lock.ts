/** @module The lock against two writers of a file: another file that says who holds it, taken over only from a process that has ended. */
import { randomUUID } from 'node:crypto';
import { open, readFile, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { type ErrorCode, GatehouseError } from '../spi/errors.ts';
import { isSystemError } from './system-error.ts';

const holderSchema = z.object({ pid: z.int().min(1), host: z.string(), token: z.string() });
type Holder = z.output<typeof holderSchema>;

export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
}

/** What is said while another one holds it. */
export interface BusyFault {
  readonly code: Extract<ErrorCode, 'ERR_VAULT_BUSY' | 'ERR_KEY_RING_BUSY'>;
  readonly message: string;
}

type Busy = (problem: string) => GatehouseError;

/** @throws `fault` while another one holds it. */
export async function takeLock(path: string, fault: BusyFault): Promise<Lock> {
  const busy: Busy = (problem) => new GatehouseError(fault.code, fault.message, { facts: { lock: path, problem } });
  const own: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  if (!(await create(path, own))) {
    await removeAbandoned(path, busy);
    if (!(await create(path, own))) throw busy('another command took it first; try again');
  }
  const release = () => unlink(path);
  return { release, [Symbol.asyncDispose]: release };
}

async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(holder));
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Two commands may find the same dead holder: only the one with the second lock removes it, after a second look, or it
 * would remove the lock that the other one has taken meanwhile.
 */
async function removeAbandoned(path: string, busy: Busy): Promise<void> {
  const holder = await readHolder(path);
  if (holder === undefined) return;
  if (holder === 'unreadable') throw busy('it does not say by whom it is held; if nobody works here, remove it');
  if (holder.host !== hostname()) throw busy(`it is held by process ${holder.pid} on ${holder.host}`);
  if (isAlive(holder.pid)) throw busy(`it is held by process ${holder.pid}`);
  const breaking = `${path}.breaking`;
  if (!(await create(breaking, holder))) throw busy(`if nobody works here, remove it and ${breaking}`);
  try {
    const again = await readHolder(path);
    if (again !== undefined && again !== 'unreadable' && again.token === holder.token) await unlink(path);
  } finally {
    await unlink(breaking);
  }
}

async function readHolder(path: string): Promise<Holder | 'unreadable' | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return parseHolder(text) ?? 'unreadable';
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return isSystemError(error) && error.code === 'EPERM';
  }
}
