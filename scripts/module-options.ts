/** @module Writes the options table of each page in `docs/login-modules` from the schema of the module's options, and their index. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { openCatalog } from '../src/catalog.ts';
import { jsonSchemaOf, type SchemaNode } from '../src/config/json-schema.ts';
import { everyPlugIn } from '../src/server/catalog-answers.ts';
import type { LoginModuleFactory } from '../src/spi/login-module.ts';

/** What the table stands between. Everything else on a page is written by hand. */
export const begin = '<!-- options: written by scripts/module-options.ts from the schema of the module -->';
export const end = '<!-- end of options -->';

/** What a table is written from. */
export type Described = Pick<LoginModuleFactory, 'code' | 'options'>;

export interface ModuleOption {
  readonly name: string;
  readonly value: string;
  readonly standing: string;
  readonly meaning: string;
}

/** As zod writes it, with what a schema's `meta` adds. */
type OptionNode = Omit<SchemaNode, 'type'> & {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly not?: unknown;
  readonly anyOf?: readonly OptionNode[];
  /** What holds where the option is left out and the schema has no default: Markdown. */
  readonly absent?: string;
};

/** The options of a module in the order of its schema. @throws Error when they are no table of named options */
export function optionsOf(factory: Described): readonly ModuleOption[] {
  if (!(factory.options instanceof z.ZodObject)) throw new Error(`the options of ${factory.code} are no object`);
  const node = jsonSchemaOf(factory.options);
  const shape: Readonly<Record<string, z.core.$ZodType>> = factory.options.shape;
  return Object.entries(node.properties ?? {}).map(([name, child]) => {
    const option: OptionNode = child;
    return {
      name,
      value: wordsFor(option),
      standing: option.absent ?? standingOf(option, shape[name]),
      meaning: option.description ?? '',
    };
  });
}

function wordsFor(node: OptionNode): string {
  if (node.not !== undefined) return 'refused';
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  // The pattern of `password-stacking`: a name in any case.
  const word = /^\^([A-Za-z]+)\$$/.exec('pattern' in node ? String(node.pattern) : '')?.[1];
  if (word !== undefined) return `\`${word}\``;
  if (node.type === 'integer') return `whole number, ${node.minimum} to ${node.maximum}`;
  const types = [node.type ?? []].flat();
  return types.includes('boolean') && !types.includes('number') ? '`true` or `false`' : 'text';
}

function standingOf(node: OptionNode, schema: z.core.$ZodType | undefined): string {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const value = schema.def.defaultValue;
    return value === '' ? 'none' : `\`${String(value)}\``;
  }
  return node.not !== undefined || schema instanceof z.ZodOptional ? 'none' : 'required';
}

const cell = (text: string) => text.replaceAll('|', '\\|');

/** Empty for a module without options. */
export function optionsTable(factory: Described): string {
  const options = optionsOf(factory);
  if (options.length === 0) return `${begin}\n\nIt has none.\n\n${end}`;
  const rows = options.map(
    ({ name, value, standing, meaning }) =>
      `| \`${name}\` | ${cell(value)} | ${cell(standing)} | ${cell(meaning.replace(/\.$/, ''))} |`,
  );
  return [begin, '', '| Option | Value | Default | Meaning |', '|---|---|---|---|', ...rows, '', end].join('\n');
}

/** `UsersRoles` → `docs/login-modules/users-roles.md`. */
export function pageOf({ code }: Described): string {
  const name = code.replace(/(?<=[a-z0-9])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, '-$&').toLowerCase();
  return `docs/login-modules/${name}.md`;
}

/** The page with the table of today. @throws Error when the page has no place for one */
export function withOptions(page: string, factory: Described): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`${pageOf(factory)} has no place for its options: "${begin}" and below it "${end}"`);
  }
  return `${before}${optionsTable(factory)}${after}`;
}

export const indexPath = 'docs/login-modules/README.md';

/** What is there, in the catalogue's words. */
export function indexOf(factories: readonly LoginModuleFactory[]): string {
  const rows = [...factories]
    .sort((one, other) => (one.code < other.code ? -1 : 1))
    .map((factory) => `| [\`${factory.code}\`](${basename(pageOf(factory))}) | ${cell(factory.summary)} |`);
  return `${indexHead}| Code | What it is |\n|---|---|\n${rows.join('\n')}\n`;
}

const indexHead = `# Login modules

Written by \`scripts/module-options.ts\` from the catalogue. Codes, options and defaults are JBoss's; a code is taken in any case and as the old
class name. A module that is not here can be [one of your own](custom.md).

`;

if (import.meta.main) {
  const loginModules = everyPlugIn((await openCatalog()).loginModules);
  await writeFile(new URL(`../${indexPath}`, import.meta.url), indexOf(loginModules));
  for (const factory of loginModules) {
    const path = new URL(`../${pageOf(factory)}`, import.meta.url);
    await writeFile(path, withOptions(await readFile(path, 'utf8'), factory));
  }
}
