/** @module What is kept in step by hand is in step: modules with catalogue, tests and pages; codes and packages with their tables. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { fileProblems, MAX_LINES, sourceFiles } from '../../scripts/file-rules.ts';
import { auditTypes } from '../../src/spi/audit.ts';
import { errorCodes } from '../../src/spi/errors.ts';
import { projectRoot } from './planted-tree.ts';

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});
const manifest = manifestSchema.parse(JSON.parse(read('package.json')));
const installed = Object.values(manifest).flatMap((names) => Object.keys(names));

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** The text of a page between two headings of the second level. */
function section(page: string, heading: string): string {
  const [, after = ''] = page.split(`\n## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** The code words in the first column of a page's tables. */
function firstColumn(text: string): readonly string[] {
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
}

/** `UsersRoles` → `users-roles`. */
function kebab(code: string): string {
  return code.replace(/(?<=[a-z0-9])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, '-$&').toLowerCase();
}

const moduleNames = sourceFiles(projectRoot, 'login-modules')
  .filter((file) => !file.slice('login-modules/'.length).includes('/'))
  .map((file) => basename(file, '.ts'));

describe('a login module', () => {
  test('is there at all', () => {
    expect(moduleNames).toContain('users-roles');
  });

  test.each(moduleNames)('%s is in the catalogue', (name) => {
    expect(read('src/catalog.ts')).toContain(`'../login-modules/${name}.ts'`);
  });

  test.each(moduleNames)('%s has its test', (name) => {
    expect(existsSync(join(projectRoot, 'test/login-modules', `${name}.test.ts`))).toBe(true);
  });

  test.each(moduleNames)('%s has its page', (name) => {
    expect(existsSync(join(projectRoot, 'docs/login-modules', `${name}.md`))).toBe(true);
  });

  test.each(moduleNames)('%s has the name of its code', (name) => {
    const code = /^ {2}code: '([^']+)'/m.exec(read(`login-modules/${name}.ts`))?.[1] ?? '';
    expect(kebab(code)).toBe(name);
  });

  test.each(['test', 'docs'])('is behind every page and test below %s/login-modules', (folder) => {
    // The index, and the page about modules of one's own, have none in the catalogue.
    const pages = readdirSync(join(projectRoot, folder, 'login-modules')).filter(
      (file) => /\.(md|test\.ts)$/.test(file) && !['README.md', 'custom.md'].includes(file),
    );
    expect(pages.map((file) => file.replace(/\.(md|test\.ts)$/, '')).sort()).toEqual([...moduleNames].sort());
  });
});

describe('the tables', () => {
  test('of errors have a row for each code and no other', () => {
    expect([...firstColumn(read('docs/errors.md'))].sort()).toEqual([...errorCodes].sort());
  });

  test('of audit events have a row for each type and no other', () => {
    expect([...firstColumn(section(read('docs/audit-events.md'), 'Types'))].sort()).toEqual([...auditTypes].sort());
  });

  test('of audit events have a row for each field and no other', () => {
    const contract = /interface AuditEvent \{([\s\S]*?)\n\}/.exec(read('src/spi/audit.ts'))?.[1] ?? '';
    const fields = [...contract.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1]);
    expect([...firstColumn(section(read('docs/audit-events.md'), 'Fields'))].sort()).toEqual(fields.sort());
  });

  test('of dependencies have a row for each package that is installed and no other', () => {
    const page = read('docs/dependencies.md');
    const rows = [
      ...firstColumn(section(page, 'What runs in production')),
      ...firstColumn(section(page, 'What builds and tests')),
    ];
    expect(rows.sort()).toEqual([...installed].sort());
  });

  test('of planned dependencies name nothing that is installed', () => {
    const planned = firstColumn(section(read('docs/dependencies.md'), 'Planned, not yet installed'));
    expect(planned.filter((name) => installed.includes(name))).toEqual([]);
  });
});

describe('every dependency', () => {
  test('is named by its exact version', () => {
    const versions = Object.values(manifest).flatMap((names) => Object.values(names));
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('has a place in the lock file, for every platform that it names', () => {
    const lockSchema = z.object({
      packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
    });
    const { packages } = lockSchema.parse(JSON.parse(read('package-lock.json')));
    const named = Object.values(packages).flatMap((one) => Object.keys(one.optionalDependencies ?? {}));
    const missing = named.filter(
      (name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)),
    );
    // `npm ci` refuses a lock file that leaves one out, on every machine.
    expect(missing).toEqual([]);
  });
});

test('an adapter wraps one client library at most', () => {
  const packagesOf = (file: string) =>
    new Set([...read(file).matchAll(/from '((?:@[^'/]+\/)?[^'./][^'/:]*)(?:\/[^']*)?'/g)].map((match) => match[1]));
  const libraries = (file: string) => [...packagesOf(file)].filter((name) => name !== undefined && name !== 'zod');
  expect(sourceFiles(projectRoot, 'src/adapters').filter((file) => libraries(file).length > 1)).toEqual([]);
});

test('every example has its line in the index of the examples, and no other', () => {
  const folders = readdirSync(join(projectRoot, 'examples'), { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  const lines = [...read('examples/README.md').matchAll(/^\| \[`([^`]+)`\]\(\1\/\) \|/gm)].map((match) => match[1]);
  expect(lines).toEqual(folders.map(({ name }) => name).sort());
});

test('decisions are numbered from 1 without gaps', () => {
  const numbers = readdirSync(join(projectRoot, 'docs/adr')).map((file) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]);
  expect(numbers.sort()).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')));
});

describe('the file rules', () => {
  function problemsOf(file: string, text: string): readonly string[] {
    const root = mkdtempSync(join(tmpdir(), 'gatehouse-files-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    mkdirSync(join(root, 'src'));
    writeFileSync(join(root, 'src', file), text);
    return fileProblems(root);
  }
  const opening = '/** @module A thing. */\n';

  test('are kept by every file', () => {
    expect(fileProblems(projectRoot)).toEqual([]);
  });

  test('catch a file that is too long', () => {
    expect(problemsOf('long.ts', opening + 'export {};\n'.repeat(MAX_LINES))).toEqual([
      `src/long.ts: ${MAX_LINES + 1} lines, more than ${MAX_LINES}`,
    ]);
  });

  test('let a file of just the limit pass', () => {
    expect(problemsOf('long.ts', opening + 'export {};\n'.repeat(MAX_LINES - 1))).toEqual([]);
  });

  test('catch a merge that was left half done, in whatever is written', () => {
    const text = `${opening}${'<'.repeat(7)} HEAD\nexport {};\n`;
    expect(problemsOf('both.ts', text)).toEqual(['src/both.ts: holds the marks of a merge']);
  });

  test('catch a file that does not say what it owns', () => {
    expect(problemsOf('mute.ts', 'export {};\n')).toEqual([
      'src/mute.ts: does not open with a /** @module … */ sentence',
    ]);
  });
});
