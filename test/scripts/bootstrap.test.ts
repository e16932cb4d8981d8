/** @module The bootstrap finds the right Node, adds nothing of its own to the command, and hands signals on once. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isNewEnough } from '../../scripts/set-up.mjs';
import { projectRoot } from '../architecture/planted-tree.ts';

describe('the oldest Node that will do', () => {
  test.each(['v24.7.0', 'v24.21.0', 'v26.0.0'])('is not newer than %s', (version) => {
    expect(isNewEnough(version)).toBe(true);
  });

  test.each(['v18.20.4', 'v20.20.2', 'v24.6.9'])('is newer than %s', (version) => {
    expect(isNewEnough(version)).toBe(false);
  });
});

/** A command that says how it was started and which signals came, and goes on until the first of them. */
const COMMAND = `
console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }));
if (process.argv.includes('--exit')) process.exit(7);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => { console.log(signal); setTimeout(() => process.exit(0), 200); });
}
setInterval(() => undefined, 1000);
console.log('ready');
`;

describe('the bootstrap in a checkout that is set up', () => {
  let folder = '';
  let script = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse boot '));
    script = join(folder, 'scripts', 'bootstrap.mjs');
    for (const name of ['bootstrap.mjs', 'set-up.mjs'])
      cpSync(join(projectRoot, 'scripts', name), join(folder, 'scripts', name));
    for (const name of ['bin', 'node_modules', 'elsewhere']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'bin', 'gatehouse'), COMMAND);
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    const stamp = createHash('sha256').update('{}').digest('hex');
    writeFileSync(join(folder, 'node_modules', '.gatehouse-lock-hash'), stamp);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function untilReady(child: ChildProcess): Promise<void> {
    for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
      if (String(chunk).includes('ready')) return;
    }
  }

  test('starts the server with samples and the arguments given, in the folder of the caller', () => {
    const cwd = join(folder, 'elsewhere');
    const done = spawnSync(process.execPath, [script, 'start', '--exit', '--home', 'a b'], { cwd, encoding: 'utf8' });
    expect(JSON.parse(done.stdout)).toEqual({ args: ['serve', '--samples', '--exit', '--home', 'a b'], cwd });
  });

  test('prints nothing of its own', () => {
    expect(spawnSync(process.execPath, [script, 'start', '--exit'], { encoding: 'utf8' }).stderr).toBe('');
  });

  test('ends with the status of the command', () => {
    expect(spawnSync(process.execPath, [script, 'start', '--exit']).status).toBe(7);
  });

  test('refuses a command that it does not know', () => {
    expect(spawnSync(process.execPath, [script, 'constructor']).status).toBe(2);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'hands on %s once, although it came twice, and ends with 0',
    async (signal) => {
      const child = spawn(process.execPath, [script, 'start'], { stdio: ['ignore', 'pipe', 'pipe'] });
      await untilReady(child);
      const rest: string[] = [];
      child.stdout.on('data', (chunk) => rest.push(String(chunk)));
      const closed = once(child, 'close');
      child.kill(signal);
      child.kill(signal);
      expect([(await closed)[0], rest.join('')]).toEqual([0, `${signal}\n`]);
    },
  );
});
