/** @module docs/migrating-from-jboss.md names tests: each is there, under that name. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';

const page = readFileSync(join(projectRoot, 'docs/migrating-from-jboss.md'), 'utf8');
const rows = (page.split('## What surprised people in JBoss')[1] ?? '').split('\n## ')[0] ?? '';
const named = [...rows.matchAll(/`([a-z-]+\.test\.ts)`: "([^"]+)"/g)].map(
  ([, file = '', name = '']) => [file, name] as const,
);
const files = readdirSync(join(projectRoot, 'test'), { recursive: true, encoding: 'utf8' });

test('every surprise names its test', () => {
  const surprises = rows.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| In JBoss'));
  expect(surprises.length).toBeGreaterThan(15);
  expect(surprises.filter((line) => !/`[a-z-]+\.test\.ts`: "[^"]+"/.test(line))).toEqual([]);
});

test.each(named)('%s has the test "%s"', (file, name) => {
  const texts = files
    .filter((path) => basename(path) === file)
    .map((path) => readFileSync(join(projectRoot, 'test', path), 'utf8'));
  expect(texts.some((text) => text.includes(name))).toBe(true);
});
