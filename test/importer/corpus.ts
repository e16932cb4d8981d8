/** @module The configurations of JBoss that the tests import, and an import of one without a process. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { jbossFiles, pathProperties } from '../../src/adapters/jboss-files.ts';
import { importJboss } from '../../src/importer/import.ts';
import { catalog } from '../support/whole-catalog.ts';

export const corpusFolder = join(import.meta.dirname, 'corpus');

/** `[folder, file, profile]` of every configuration; a domain.xml is there once a profile. */
export const corpus: readonly (readonly [name: string, file: string, profile: string | undefined])[] = readdirSync(
  corpusFolder,
  { withFileTypes: true },
)
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(join(corpusFolder, name))
      .filter((file) => /^(?:standalone.*|domain)\.xml$/.test(file))
      .map((file) => [name, file, file === 'domain.xml' ? 'full-ha' : undefined] as const),
  )
  .sort(([a], [b]) => (a < b ? -1 : 1));

export const corpusText = (name: string, file: string) => readFileSync(join(corpusFolder, name, file), 'utf8');

export interface ImportTextOptions {
  readonly file?: string;
  readonly profile?: string | undefined;
  /** The configuration folder of JBoss. */
  readonly folder?: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly picketlink?: string;
}

export function importText(text: string, options: ImportTextOptions = {}) {
  const { file = 'standalone.xml', profile, folder = join(corpusFolder, 'nowhere'), properties = {} } = options;
  const result = importJboss({
    text,
    file,
    ...(profile === undefined ? {} : { profile }),
    properties: new Map([...pathProperties(folder), ...Object.entries(properties)]),
    files: jbossFiles(folder),
    loginModule: catalog.loginModules.find,
    mapper: catalog.mappers.find,
    authorizationModule: catalog.authorizationModules.find,
    mechanism: catalog.mechanisms.find,
    ...(options.picketlink === undefined ? {} : { picketlink: { text: options.picketlink, file: 'picketlink.xml' } }),
  });
  const contents = (path: string) => result.files.find((one) => one.path === path)?.contents;
  return { ...result, contents, yaml: contents('configuration/gatehouse.yaml') ?? '' };
}

/** Ports where nobody needs to listen: nothing is opened before the first login. */
export const properties = { 'directory.port': '1389', 'users.db.port': '15432' };

export function importCorpus(name: string, file: string, profile: string | undefined) {
  const folder = join(corpusFolder, name);
  const picketlink = join(folder, 'picketlink.xml');
  const furtherTexts = existsSync(picketlink) ? [readFileSync(picketlink, 'utf8')] : [];
  const [first] = furtherTexts;
  const options = { file: basename(file), profile, folder, properties };
  return {
    ...importText(corpusText(name, file), first === undefined ? options : { ...options, picketlink: first }),
    furtherTexts,
  };
}
