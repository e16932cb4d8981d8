/** @module The documents hang together: every link leads somewhere, every page is found from the README, and no merge is left half done. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from './planted-tree.ts';

/** Not ours, or made by running: what is ignored has no say here. */
const others = ['node_modules', 'dist', 'var', 'coverage'];
const ours = readdirSync(projectRoot, { withFileTypes: true })
  .filter(({ name }) => !name.startsWith('.') && !others.includes(name))
  .flatMap((entry) => (entry.isDirectory() ? filesBelow(entry.name) : [entry.name]));
const pages = ours.filter((path) => path.endsWith('.md'));

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)));
}

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** Paths from the root of the repository that a page links to; addresses elsewhere are left out, and so is what stands in code. */
function linksOf(page: string): readonly string[] {
  const prose = read(page)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`(?!\])/g, '');
  return [...prose.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
    .map((match) => match[1]!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(page), target)));
}

/** The pages that a link opens: a folder opens whatever is in it. */
function opened(target: string): readonly string[] {
  if (!existsSync(join(projectRoot, target))) return [];
  if (!statSync(join(projectRoot, target)).isDirectory()) return [target];
  return readdirSync(join(projectRoot, target)).map((name) => join(target, name));
}

function reachedFrom(page: string): ReadonlySet<string> {
  const reached = new Set([page]);
  for (const known of reached) {
    for (const next of linksOf(known).flatMap(opened)) if (next.endsWith('.md')) reached.add(next);
  }
  return reached;
}

describe('the documents', () => {
  test.each(pages)('%s links to nothing that is not there', (page) => {
    expect(linksOf(page).filter((target) => !existsSync(join(projectRoot, target)))).toEqual([]);
  });

  test('are all found from the README', () => {
    const reached = reachedFrom('README.md');
    const lost = pages.filter((page) => page.startsWith('docs/') && !reached.has(page));
    expect(lost, 'no page links to these').toEqual([]);
  });
});

test('no file has the marks of a merge that was not finished', () => {
  const marked = ours.filter((path) => /^(<{7}|>{7}) /m.test(read(path)));
  expect(marked).toEqual([]);
});
