/** @module A throwaway source tree with planted imports, and what dependency-cruiser says about it under the project's rules. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';

export interface Plant {
  /** The importing file. */
  readonly file: string;
  /** A path from the root of the tree, or the name of a package or built-in module. */
  readonly imports: string;
  readonly typeOnly?: boolean;
}

export interface Violation {
  readonly rule: string;
  readonly from: string;
}

export const projectRoot = resolve(import.meta.dirname, '..', '..');

const dependencies = ['zod', 'yaml', 'pino', 'fastify', '@fastify/cookie', 'libxml2-wasm', '@node-saml/node-saml'];
const devDependencies = ['samlify'];
const unlisted = ['leftpad'];
const outputSchema = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }),
});

function isOurs(imported: string): boolean {
  return imported.endsWith('.ts');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'a' });
}

function writePackages(root: string): void {
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const manifest = { type: 'module', dependencies: versions(dependencies), devDependencies: versions(devDependencies) };
  write(join(root, 'package.json'), JSON.stringify(manifest));
  for (const name of [...dependencies, ...devDependencies, ...unlisted]) {
    const folder = join(root, 'node_modules', name);
    write(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', exports: './index.js' }));
    write(join(folder, 'index.js'), 'module.exports = {};\n');
  }
}

function writeImport(root: string, { file, imports, typeOnly }: Plant): void {
  const path = relative(dirname(file), imports);
  const specifier = isOurs(imports) ? (path.startsWith('.') ? path : `./${path}`) : imports;
  write(
    join(root, file),
    `import ${typeOnly ? 'type ' : ''}* as it from '${specifier}';\nexport type It = typeof it;\n`,
  );
}

/** Cruises a tree of these imports. Imported files of ours exist, unless their name says `missing`. */
export function cruise(plants: readonly Plant[]): readonly Violation[] {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-floors-'));
  try {
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json']) cpSync(join(projectRoot, file), join(root, file));
    writePackages(root);
    for (const plant of plants) {
      writeImport(root, plant);
      if (isOurs(plant.imports) && !plant.imports.includes('missing')) write(join(root, plant.imports), '');
    }
    const folders = [...new Set(plants.map((plant) => plant.file.split('/')[0] ?? ''))];
    const command = join(projectRoot, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
    const args = [command, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
    const output = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    return outputSchema
      .parse(JSON.parse(output))
      .summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
