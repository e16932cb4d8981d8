/** @module `npm test`: sets the machine up for the tests, runs vitest with the arguments given, closes with one line of counts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages, thisMachine } from './debian-packages.ts';
import { ensureNativeKerberos, kerberosBuildIn } from './native-kerberos.ts';
import { closingLine, exitStatus, summarize } from './test-summary.ts';

/** What a shell reports for a process that a signal ended; vitest's own failures are 1. */
const KILLED = 130;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function runTests(args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], { cwd: root, stdio: 'inherit' });
    // vitest stops by itself on Ctrl-C, which the terminal sends to both: this process stays to count what was run.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    const [code] = await once(child, 'close');
    const exitCode = typeof code === 'number' ? code : KILLED;
    const summary = summarize(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, exitCode);
    for (const reason of summary.reasons) console.error(reason);
    console.log(closingLine(summary));
    return exitStatus(summary, exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isReady = ensurePackages(thisMachine()) && ensureNativeKerberos(kerberosBuildIn(root));
process.exitCode = isReady ? await runTests(process.argv.slice(2)) : 1;
