/** @module `npm run build`: `dist/`, the product as plain JavaScript with its assets, for machines that do not strip types. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
/** Folders whose files other than TypeScript are shipped as they are. */
const shipped = ['src', 'login-modules', 'realms', 'samples', 'schemas'];
const shippedFiles = ['package-lock.json', 'LICENSE'];
const PATH_TO_TYPESCRIPT = /(['"])(\.{1,2}\/[^'"]+)\.ts\1/g;

function compile(): boolean {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' }).status === 0;
}

/** The command is JavaScript already; only what it imports has another ending in `dist/`. */
function copyCommand(): void {
  const text = readFileSync(join(root, 'bin', 'gatehouse'), 'utf8');
  cpSync(join(root, 'bin'), join(dist, 'bin'), { recursive: true });
  writeFileSync(join(dist, 'bin', 'gatehouse'), text.replace(PATH_TO_TYPESCRIPT, '$1$2.js$1'));
  chmodSync(join(dist, 'bin', 'gatehouse'), 0o755);
}

/** What it exports has another ending too. */
function copyManifest(): void {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  writeFileSync(join(dist, 'package.json'), text.replace(PATH_TO_TYPESCRIPT, '$1$2.js$1'));
}

function copyAssets(): void {
  for (const folder of shipped.filter((name) => existsSync(join(root, name)))) {
    cpSync(join(root, folder), join(dist, folder), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  }
  for (const file of shippedFiles.filter((name) => existsSync(join(root, name))))
    cpSync(join(root, file), join(dist, file));
}

/** A path to a `.ts` file that the compiler does not see as an import (a worker's URL) would break only at run time. */
function forgottenPaths(): readonly string[] {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && (entry.name.endsWith('.js') || entry.name === 'gatehouse'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').search(PATH_TO_TYPESCRIPT) !== -1);
}

rmSync(dist, { recursive: true, force: true });
if (compile()) {
  copyCommand();
  copyManifest();
  copyAssets();
  const forgotten = forgottenPaths();
  for (const path of forgotten) console.error(`${path} still names a .ts file`);
  process.exitCode = forgotten.length === 0 ? 0 : 1;
} else {
  process.exitCode = 1;
}
