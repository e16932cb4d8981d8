import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from './planted-tree.ts';

const valueImport = /^import\s+(?!type\b)[^;]*?\sfrom '([^']+)'/gms;

/** The modules that a source file imports for more than their types. */
function importsOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(valueImport)].map(([, name = '']) => name);
}

const sources = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const importersOf = (name: string) =>
  sources.filter((file) => importsOf(join(projectRoot, 'src', file)).includes(name));

describe('a start', () => {
  it('sees the imports of a source file', () => {
    expect(importsOf(join(projectRoot, 'src', 'adapters', 'listener.ts'))).toContain('node:https');
  });

  it('does not import node:http, whose every property an import reads', () => {
    expect(importersOf('node:http')).toEqual([]);
  });

  it.each([
    'src/adapters/sql/postgresql.ts',
    'src/adapters/ldap/directory.ts',
    'src/adapters/kerberos/own-acceptor.ts',
  ])('waits with %s until the configuration names one', (file) => {
    const room = join(file, '..').replace('src/', '');
    const outside = sources.filter((source) => !source.startsWith(`${room}/`));
    const importers = outside.filter((source) =>
      importsOf(join(projectRoot, 'src', source)).some((name) => join('src', source, '..', name) === file),
    );
    expect(importers).toEqual([]);
  });
});
