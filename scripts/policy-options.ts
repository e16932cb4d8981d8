/** @module Writes the options tables of `docs/mapping.md` and `docs/authorization.md`, one below the heading of each module. */
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { openCatalog } from '../src/catalog.ts';
import { everyPlugIn } from '../src/server/catalog-answers.ts';
import { type Described, withOptions } from './module-options.ts';

const catalog = await openCatalog();
export const policyPages: readonly { readonly path: string; readonly factories: readonly Described[] }[] = [
  { path: 'docs/mapping.md', factories: everyPlugIn(catalog.mappers) },
  { path: 'docs/authorization.md', factories: everyPlugIn(catalog.authorizationModules) },
];

/** The page with the tables of today. @throws Error when a module has no section, or a section no place for its table */
export function withTables(page: string, factories: readonly Described[]): string {
  const sections = page.split(/(?=^### )/m);
  for (const { code } of factories) {
    if (!sections.some((section) => headingOf(section) === code)) throw new Error(`no section for ${code}`);
  }
  return sections
    .map((section) => {
      const factory = factories.find(({ code }) => code === headingOf(section));
      // Where every name is the operator's there is nothing to list.
      return factory?.options instanceof z.ZodObject ? withOptions(section, factory) : section;
    })
    .join('');
}

function headingOf(section: string): string | undefined {
  return /^### (\S+)$/m.exec(section)?.[1];
}

if (import.meta.main) {
  for (const { path, factories } of policyPages) {
    const file = new URL(`../${path}`, import.meta.url);
    await writeFile(file, withTables(await readFile(file, 'utf8'), factories));
  }
}
