/** @module A real Gatehouse in a process of its own, on ports that are free, with a home of its own. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditEvent } from '../../src/spi/audit.ts';
import { type Exit, type FinishedProgram, type RunningProgram, runProgram, startProgram } from './child-process.ts';
import { type HomeContent, writeHome } from './gatehouse-home.ts';
import { poll } from './poll.ts';
import { freePortOffset } from './ports.ts';
import { keepOutput } from './secrets.ts';
import { makeTempFolder } from './temp-folder.ts';

const command = fileURLToPath(new URL('../../bin/gatehouse', import.meta.url));

/** Runs `gatehouse …` to its end. */
export function runGatehouse(
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<FinishedProgram> {
  return runProgram(process.execPath, [command, ...args], options);
}

/** `gatehouse serve`, not waited for. */
export function spawnGatehouse(args: readonly string[]): RunningProgram {
  return startProgram(process.execPath, [command, 'serve', ...args]);
}

export interface Gatehouse extends AsyncDisposable {
  readonly home: string;
  readonly portOffset: number;
  readonly publicUrl: string;
  readonly publicPort: number;
  readonly managementPort: number;
  readonly program: RunningProgram;
  /** The status of a health endpoint; `undefined` when nobody listens any more. */
  health(name: 'live' | 'ready' | 'started'): Promise<number | undefined>;
  /** The audit log as it stands, oldest first. */
  audit(): Promise<readonly AuditEvent[]>;
  /** What `gatehouse explain <id>` prints. */
  explain(id: string): Promise<FinishedProgram>;
  stop(): Promise<Exit>;
}

export interface GatehouseOptions {
  /** A home that is there already; it is left there. Otherwise one is written and removed. */
  readonly home?: string;
  readonly content?: HomeContent;
  /** Chosen already because something of the content follows from it. */
  readonly portOffset?: number;
  readonly args?: readonly string[];
}

export async function startGatehouse(options: GatehouseOptions = {}): Promise<Gatehouse> {
  const folder = options.home === undefined ? await makeTempFolder('home') : undefined;
  const home = options.home ?? join(folder?.path ?? '', 'var');
  if (options.content !== undefined) await writeHome(home, options.content);
  const portOffset = options.portOffset ?? (await freePortOffset());
  const program = spawnGatehouse(['--home', home, '--port-offset', String(portOffset), ...(options.args ?? [])]);
  const managementPort = 9990 + portOffset;
  const health = (name: string) => statusOf(managementPort, `/health/${name}`);
  const stop = async () => {
    const exit = await program.stop();
    keepOutput('gatehouse', program.output().replace(/password[^\n]*/gi, ''));
    await folder?.remove();
    return exit;
  };
  try {
    await poll(
      async () => {
        if (program.hasExited()) throw new Error(`gatehouse ended before it was ready:\n${program.output()}`);
        // The last line of the greeting comes when everything is up, and after it a signal is heard.
        const greeted = /^Configuration .*\n/m.test(program.stdout());
        return greeted && (await health('ready')) === 200 ? true : undefined;
      },
      () => `gatehouse did not get ready:\n${program.output()}`,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    home,
    portOffset,
    publicUrl: `http://localhost:${8080 + portOffset}`,
    publicPort: 8080 + portOffset,
    managementPort,
    program,
    health,
    audit: () => readAuditLog(home),
    explain: (id) => runGatehouse(['explain', id, '--home', home]),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(undefined);
      else reject(error);
    });
    asked.end();
  });
}

/** One record a line, as the provider File writes them. */
async function readAuditLog(home: string): Promise<readonly AuditEvent[]> {
  const text = await readFile(join(home, 'log', 'audit.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): AuditEvent => JSON.parse(line));
}
