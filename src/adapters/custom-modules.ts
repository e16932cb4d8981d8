/** @module Loads the modules of the operator's own, at start: files below the configuration folder, and npm packages. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { extname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FactoryReading } from './custom-factory.ts';
import { isBelow } from './path-below.ts';

export interface CustomModules<F> {
  /** By code as it is written in the configuration. */
  readonly factories: ReadonlyMap<string, F>;
  /** Why a code could not be loaded. A plain name for which there is no package is in neither: it may be a misspelt code. */
  readonly problems: ReadonlyMap<string, string>;
}

export interface CustomModuleOptions<F> {
  readonly codes: readonly string[];
  /** The configuration folder: files are below it, and packages are looked up from it. */
  readonly folder: string;
  /** Whether a code is taken by a module that is built in. */
  readonly isBuiltIn: (code: string) => boolean;
  /** Finds the factory among what a module exports, and guards what it makes (`custom-module-shape.ts`, `custom-policy-shape.ts`). */
  readonly read: (exported: Readonly<Record<string, unknown>>) => FactoryReading<F>;
}

type Reading<T> = T | { readonly problem: string } | undefined;

/** Longer than any honest import: a module that connects to something at import holds up every start. */
const importMs = 10_000;
/** Of a message of somebody else's, for one line of a terminal. */
const maxMessageCharacters = 300;
const endings: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];
const packageScheme = 'gatehouse-package:';

/** `src` and `dist` differ in the ending of their files. */
const spi = new URL(`../spi/index${extname(import.meta.filename)}`, import.meta.url).href;

/** Runs the code of each module. While it does, `gatehouse/spi` means our own contracts, wherever the importing file is. */
export async function loadCustomModules<F extends { readonly code: string }>(
  options: CustomModuleOptions<F>,
): Promise<CustomModules<F>> {
  const { codes, folder, isBuiltIn } = options;
  const factories = new Map<string, F>();
  const problems = new Map<string, string>();
  if (codes.length === 0) return { factories, problems };
  const from = pathToFileURL(join(folder, 'gatehouse.yaml')).href;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'gatehouse/spi') return next(spi, context);
      if (!specifier.startsWith(packageScheme)) return next(specifier, context);
      return next(specifier.slice(packageScheme.length), { ...context, parentURL: from });
    },
  });
  try {
    for (const code of codes) {
      const taken = (name: string) => isBuiltIn(name) || [...factories.values()].some((known) => known.code === name);
      const loaded = await load(code, { ...options, isBuiltIn: taken });
      if (loaded === undefined) continue;
      if ('problem' in loaded) problems.set(code, loaded.problem);
      else factories.set(code, loaded.factory);
    }
  } finally {
    hooks.deregister();
  }
  return { factories, problems };
}

async function load<F extends { readonly code: string }>(
  code: string,
  { folder, isBuiltIn: taken, read: readFactory }: CustomModuleOptions<F>,
): Promise<Reading<{ readonly factory: F }>> {
  const found = /^\.{0,2}\//.test(code) ? findFile(code, folder) : findPackage(code);
  if (found === undefined || 'problem' in found) return found;
  const imported = await importBounded(found.url);
  if ('problem' in imported) return imported;
  const read = readFactory(imported.exported);
  if ('factory' in read && taken(read.factory.code)) {
    return { problem: `has the code ${read.factory.code}, which another module has already` };
  }
  return read;
}

/** The way through symbolic links counts. An absolute path is the operator's word that the file is meant. */
function findFile(code: string, folder: string): Reading<{ readonly url: string }> {
  const path = resolve(folder, code);
  if (!isAbsolute(code) && !isBelow(folder, path)) return outside;
  if (!existsSync(path)) return { problem: 'there is no such file' };
  const real = realpathSync(path);
  if (!isAbsolute(code) && !isBelow(realpathSync(folder), real)) return outside;
  if (!statSync(real).isFile()) return { problem: 'is not a file' };
  if (!endings.includes(extname(real))) return { problem: `is none of ${endings.join(', ')}` };
  return { url: pathToFileURL(real).href };
}

const outside = { problem: 'is outside the configuration folder; write its absolute path if it is meant' } as const;

function findPackage(code: string): Reading<{ readonly url: string }> {
  try {
    const url = import.meta.resolve(`${packageScheme}${code}`);
    return url.startsWith('file:') ? { url } : undefined;
  } catch (error) {
    // Node's resolver fails with these and nothing else: no such package, or one without this entrance.
    if (!(error instanceof Error && 'code' in error)) throw error;
    const plain = error.code === 'ERR_MODULE_NOT_FOUND' && !code.includes('/');
    return plain ? undefined : { problem: `is no package that can be loaded: ${wordsOf(error)}` };
  }
}

type Imported = { readonly exported: Readonly<Record<string, unknown>> } | { readonly problem: string };

async function importBounded(url: string): Promise<Imported> {
  const late = Promise.withResolvers<Imported>();
  const timer = setTimeout(() => late.resolve({ problem: 'does not finish its import' }), importMs);
  try {
    return await Promise.race([importModule(url), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Total on purpose: whatever is thrown here is thrown by the operator's code, and told to the operator. */
async function importModule(url: string): Promise<Imported> {
  try {
    return { exported: await import(url) };
  } catch (error) {
    return { problem: `cannot be imported: ${wordsOf(error)}` };
  }
}

const explanations: Readonly<Record<string, string>> = {
  ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX: ' (only TypeScript whose types can be erased runs without a build)',
  ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING: ' (a package has to be JavaScript)',
  ERR_UNKNOWN_FILE_EXTENSION: ' (was Node started with --no-experimental-strip-types?)',
};

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return `it throws ${typeof error}`;
  const explanation = 'code' in error ? (explanations[String(error.code)] ?? '') : '';
  // Of a file that cannot be read as a program, the stack begins with `<file>:<line>`.
  const place = /^(?:file:\/\/)?(\/[^\n]+:\d+)\n/.exec(error.stack ?? '')?.[1];
  const text = `${error.name}: ${error.message}`.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, maxMessageCharacters);
  return `${text}${explanation}${place === undefined ? '' : ` at ${place}`}`;
}
