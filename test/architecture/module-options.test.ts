/** @module The options tables of the login modules' pages are what the schemas say, and every option says what it means. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  begin,
  end,
  indexOf,
  indexPath,
  optionsOf,
  optionsTable,
  pageOf,
  withOptions,
} from '../../scripts/module-options.ts';
import { everyPlugIn } from '../../src/server/catalog-answers.ts';
import { catalog } from '../support/whole-catalog.ts';
import { projectRoot } from './planted-tree.ts';

const loginModules = everyPlugIn(catalog.loginModules);
const named = loginModules.map((factory) => [factory.code, factory] as const);
const options = named.flatMap(([code, factory]) =>
  optionsOf(factory).map((option) => [`${code} ${option.name}`, option] as const),
);

describe.each(named)('the page of %s', (_code, factory) => {
  test('has the options of its schema', async () => {
    const page = await readFile(`${projectRoot}/${pageOf(factory)}`, 'utf8');
    expect(withOptions(page, factory), 'run: node scripts/module-options.ts').toBe(page);
  });
});

describe.each(options)('the option %s', (_name, option) => {
  test('is described by sentences', () => expect(option.meaning).toMatch(/^.{10,}[.)]$/));
  test('repeats neither its default nor that it is required', () => {
    expect(option.meaning).not.toMatch(/\bRequired\.|\bDefault:/);
  });
});

test('the index has a line for each module', async () => {
  const page = await readFile(`${projectRoot}/${indexPath}`, 'utf8');
  expect(page, 'run: node scripts/module-options.ts').toBe(indexOf(loginModules));
});

test('a page without a place for its options is named', () => {
  const [factory] = loginModules;
  expect(() => withOptions('# A page\n', factory!)).toThrow(pageOf(factory!));
});

test('what is written by hand around the table stays', () => {
  const [factory] = loginModules;
  const page = `before\n${begin}\nold\n${end}\nafter\n`;
  expect(withOptions(page, factory!)).toBe(`before\n${optionsTable(factory!)}\nafter\n`);
});
