/** @module What every part of an import shares: the ledger, values with their expressions followed, files to copy, secrets set apart. */

import type { ZodType } from 'zod';
import type { CatalogAnswer } from '../spi/catalog-answer.ts';
import { type Expanded, type ExpressionSources, expandExpressions } from './expressions.ts';
import type { Ledger } from './ledger.ts';
import type { SourceAttribute, SourceElement } from './source.ts';

/** A login module as the catalogue has it. */
export interface KnownModule {
  readonly code: string;
  readonly options: ZodType;
}

export interface KnownMapper extends KnownModule {
  readonly types: readonly string[];
  /** What it gives holds in one application only. */
  readonly perApplication: boolean;
}

/** Files of the JBoss installation. The command reads them. */
export interface SourceFiles {
  /** `path`: absolute, or relative to the configuration folder of JBoss. `source` names the same file in one way. */
  read(path: string): { readonly bytes: Uint8Array; readonly source: string } | { readonly problem: string };
}

export interface ImportOptions {
  readonly text: string;
  /** How the report and the comments call the file. */
  readonly file: string;
  /** Of a domain.xml. */
  readonly profile?: string;
  /** Given with the command; they win over those of the file. */
  readonly properties: ReadonlyMap<string, string>;
  readonly files: SourceFiles;
  loginModule(code: string): CatalogAnswer<KnownModule>;
  mapper(code: string): CatalogAnswer<KnownMapper>;
  authorizationModule(code: string): CatalogAnswer<KnownModule>;
  mechanism(name: string): CatalogAnswer<{ readonly name: string }>;
  /** The text of picketlink.xml, and how it is called. */
  readonly picketlink?: { readonly text: string; readonly file: string };
}

/** Something to be written below the home folder. */
export interface OutputFile {
  /** `configuration/users.properties`, `data/secrets/…`. */
  readonly path: string;
  readonly contents: string;
}

export interface ImportContext {
  readonly ledger: Ledger;
  readonly options: ImportOptions;
  expand(node: SourceAttribute | SourceElement): Expanded;
  /** A system property. */
  property(name: string): string | undefined;
  /** `standalone.xml:12`. */
  at(node: SourceAttribute | SourceElement): string;
  /** Takes a text file over; its name in the new configuration folder, or why not. */
  copy(path: string): { readonly name: string; readonly remark?: string } | { readonly problem: string };
  /** A file that the import makes; its name, which another file may have had already. */
  add(name: string, contents: string): string;
  /** Puts a secret into a file of its own: what stands in `gatehouse.yaml` instead. */
  secret(name: string, contents: string): string;
  readonly outputs: readonly OutputFile[];
}

/** Names appear in URLs, metrics and file names (`src/config/schema-fields.ts` holds the pattern). */
export function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return safe === '' ? 'unnamed' : safe.slice(0, 60);
}

export function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let number = 2; isTaken(name); number += 1) name = `${wanted}-${number}`;
  return name;
}

/** Of the home itself. */
const reserved: readonly string[] = ['configuration/gatehouse.yaml', 'configuration/history'];

const textOf = (node: SourceAttribute | SourceElement) => ('value' in node ? node.value : node.text);

export function createContext(options: ImportOptions, ledger: Ledger, properties: ReadonlyMap<string, string>) {
  const outputs = new Map<string, OutputFile>();
  const copied = new Map<string, { readonly name: string; readonly remark?: string }>();
  const sources: ExpressionSources = { properties };

  const add = (folder: string, name: string, contents: string): string => {
    const free = freeName(name, (taken) => {
      if (reserved.includes(`${folder}/${taken}`)) return true;
      const there = outputs.get(`${folder}/${taken}`);
      return there !== undefined && there.contents !== contents;
    });
    outputs.set(`${folder}/${free}`, { path: `${folder}/${free}`, contents });
    return free;
  };

  const context: ImportContext = {
    ledger,
    options,
    expand: (node) => expandExpressions(textOf(node), sources),
    property: (name) => properties.get(name),
    at: (node) => `${options.file}:${node.line}`,
    copy(path) {
      const found = options.files.read(path);
      if ('problem' in found) return found;
      const earlier = copied.get(found.source);
      if (earlier !== undefined) return earlier;
      const { text, isLatin1 } = decode(found.bytes);
      const name = add('configuration', safeName(path.split(/[\\/]/).at(-1) ?? path), text);
      const made = isLatin1 ? { name, remark: 'it was Latin-1 and is UTF-8 now' } : { name };
      copied.set(found.source, made);
      return made;
    },
    add: (name, contents) => add('configuration', safeName(name), contents),
    secret: (name, contents) => `\${file:data/secrets/${add('data/secrets', safeName(name), contents)}}`,
    get outputs() {
      return [...outputs.values()];
    },
  };
  return context;
}

/** Java reads `.properties` as Latin-1; a file that somebody has saved as UTF-8 is one that was meant as such. */
function decode(bytes: Uint8Array): { readonly text: string; readonly isLatin1: boolean } {
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(text).equals(bytes)
    ? { text, isLatin1: false }
    : { text: Buffer.from(bytes).toString('latin1'), isLatin1: true };
}
