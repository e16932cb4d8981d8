/** @module `npm run check`: types, lint and format, dependency rules, file rules. Changes nothing; names what failed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileProblems } from './file-rules.ts';

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cruised = ['bin', 'src', 'login-modules', 'realms', 'samples', 'test', 'bench', 'scripts'];

function packaged(path: string): string {
  return join(root, 'node_modules', path);
}

/** Runs a tool's own script under this Node, so that no shell and no PATH is asked. */
function tool(name: string, script: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [packaged(script), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ name, ok: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

async function fileRules(): Promise<Outcome> {
  const problems = fileProblems(root);
  return { name: 'files', ok: problems.length === 0, output: problems.map((line) => `${line}\n`).join('') };
}

const running = [
  tool('types', 'typescript/bin/tsc', ['-p', '.', '--pretty', 'false']),
  // Without the tests, whose packages bring types that the product does not have.
  tool('types of the build', 'typescript/bin/tsc', ['-p', 'tsconfig.build.json', '--noEmit', '--pretty', 'false']),
  tool('lint and format', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '--max-diagnostics=100', '.']),
  tool('dependency rules', 'dependency-cruiser/bin/dependency-cruiser.mjs', [
    '--config',
    '.dependency-cruiser.cjs',
    ...cruised.filter((folder) => existsSync(join(root, folder))),
  ]),
  fileRules(),
];

const failed: string[] = [];
for (const outcome of await Promise.all(running)) {
  console.log(`${outcome.ok ? 'ok    ' : 'FAILED'} ${outcome.name}`);
  if (outcome.ok) continue;
  failed.push(outcome.name);
  console.log(outcome.output.trimEnd());
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
