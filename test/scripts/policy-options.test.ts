import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { policyPages, withTables } from '../../scripts/policy-options.ts';
import { projectRoot } from '../architecture/planted-tree.ts';

describe.each(policyPages)('$path', ({ path, factories }) => {
  const page = readFileSync(join(projectRoot, path), 'utf8');

  it('has a section for each module of the catalogue and no other', () => {
    const headings = [...page.matchAll(/^### (\S+)$/gm)].map((match) => match[1]);
    expect(headings.toSorted()).toEqual(factories.map(({ code }) => code).toSorted());
  });

  it('has the tables of the schemas', () => expect(withTables(page, factories)).toBe(page));
});
