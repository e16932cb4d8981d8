/**
 * @module The way in to every npm command, for any Node from 18: gets Node 24 and the packages where they are missing,
 * then runs the real command under them. Plain JavaScript without dependencies, because it runs before there are any.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './set-up.mjs';

/** npm hands a signal on to its child although the terminal or the service manager has sent it to the whole group. */
const SAME_SIGNAL_MS = 1000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Only `start` keeps the caller's folder: its arguments may be paths relative to it. */
const commands = {
  start: { script: join(root, 'bin', 'gatehouse'), args: ['serve', '--samples'], cwd: process.cwd() },
  test: { script: join(root, 'scripts', 'test.ts'), args: [], cwd: root },
  'test:faults': { script: join(root, 'scripts', 'test.ts'), args: ['--config', 'vitest.faults.config.ts'], cwd: root },
  check: { script: join(root, 'scripts', 'check.ts'), args: [], cwd: root },
  build: { script: join(root, 'scripts', 'build.ts'), args: [], cwd: root },
  bench: { script: join(root, 'bench', 'main.ts'), args: [], cwd: root },
};

/** Runs Node to its end and makes its exit status our own. */
function run(node, args, cwd) {
  const child = spawn(node, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const sentAt = new Map();
  const forward = (signal) => {
    // Ctrl-C reaches the child by itself: a second SIGINT would read as "stop at once".
    if (signal === 'SIGINT' && onTerminal) return;
    const now = Date.now();
    if (now - (sentAt.get(signal) ?? 0) < SAME_SIGNAL_MS) return;
    sentAt.set(signal, now);
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  child.on('error', (error) => {
    console.error(`Cannot run ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? code : 128 + constants.signals[signal]);
  });
}

const [name, ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (command === undefined && name !== 'node') {
  console.error(`Usage: node scripts/bootstrap.mjs ${Object.keys(commands).join('|')}|node [arguments]`);
  process.exit(2);
}
const node = setUp(root);
if (node === undefined) process.exit(1);
if (command === undefined) run(node, rest, process.cwd());
else run(node, [command.script, ...command.args, ...rest], command.cwd);
