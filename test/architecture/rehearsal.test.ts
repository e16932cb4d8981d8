/** @module Assumed evidence stays where rehearsals are: no code that a request reaches can make it or take it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFiles } from '../../scripts/file-rules.ts';
import { projectRoot } from './planted-tree.ts';

const files = ['src', 'login-modules', 'realms'].flatMap((folder) => sourceFiles(projectRoot, folder));
const naming = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(join(projectRoot, file), 'utf8')));

test('only the composition without a server makes a rehearsal', () => {
  expect(naming(/\bcreateRehearsal\b/).sort()).toEqual(['src/engine/rehearsal.ts', 'src/server/offline.ts']);
});

test('only what commands run makes the composition without a server', () => {
  expect(naming(/\bopenOffline\b/).filter((file) => !/^src\/(commands|server)\//.test(file))).toEqual([]);
  expect(readFileSync(join(projectRoot, 'src/server.ts'), 'utf8')).not.toMatch(/offline|rehears/i);
});

test('only commands make assumed evidence', () => {
  expect(naming(/\{ kind: 'assumed', /).filter((file) => !file.startsWith('src/commands/'))).toEqual([]);
});
