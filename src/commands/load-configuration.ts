/** @module Reads the configuration of a home folder for a command, or says on standard error why it is not usable. */
import { readBoundedText } from '../adapters/bounded-file.ts';
import { readAuditorFactory } from '../adapters/custom-auditor-shape.ts';
import { readFactory } from '../adapters/custom-module-shape.ts';
import { type CustomModuleOptions, loadCustomModules } from '../adapters/custom-modules.ts';
import { readAuthorizationFactory, readMapperFactory } from '../adapters/custom-policy-shape.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { type Catalog, openCatalog } from '../catalog.ts';
import type { Configuration } from '../config/configuration.ts';
import { customCodes, writtenCodes } from '../config/custom-codes.ts';
import { loadConfiguration } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import { maxYamlBytes } from '../config/yaml-tree.ts';
import { openSecretSources } from '../server/secret-sources.ts';
import type { PlugIns } from '../spi/catalog-answer.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';

export const configurationFile = 'gatehouse.yaml';
export const configurationPath = `configuration/${configurationFile}`;

/** Warnings go to the person at the keyboard; the log file belongs to the server. */
export const toStandardError: Logger = {
  info: () => undefined,
  warn: (facts, message) => void process.stderr.write(`warning: ${message} ${JSON.stringify(facts)}\n`),
  error: (facts, message) => void process.stderr.write(`warning: ${message} ${JSON.stringify(facts)}\n`),
};

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly revision: string;
  /** What it names: plug-ins that are built in, and the operator's own. */
  readonly catalog: Catalog;
}

/** `undefined` after every problem has been printed. @throws ERR_CONFIG_UNREADABLE when there is no such file. */
export async function loadFromHome(home: HomeFolder): Promise<LoadedConfiguration | undefined> {
  return loadText(home, await home.readText(configurationPath), configurationFile);
}

/** A configuration outside of a home. @throws ERR_CONFIG_UNREADABLE */
export async function readConfigurationText(file: string): Promise<string> {
  const read = await readBoundedText(file, maxYamlBytes);
  if ('text' in read) return read.text;
  throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'the file cannot be read', {
    facts: { file, problem: read.problem },
  });
}

/** The same for a text from elsewhere; what it names is looked for in the home. */
export async function loadText(home: HomeFolder, text: string, file: string): Promise<LoadedConfiguration | undefined> {
  const { checking, running } = await catalogsFor(text, home.resolve('configuration'));
  const sources = await openSecretSources(home, text, process.env);
  const result = loadConfiguration({ text, file, ...sources, catalog: checking });
  if (result.status === 'loaded') {
    const { configuration, revision } = result;
    return { configuration, revision, catalog: running };
  }
  process.stderr.write(
    `${formatProblems(result.problems)}\n${file === configurationFile ? home.resolve(configurationPath) : file} is not usable.\n`,
  );
  return undefined;
}

interface Catalogs {
  /** Finds the operator's own by what is written for them: a file or a package. */
  readonly checking: Catalog;
  /** Finds them by the codes that they have themselves, which stand in the checked configuration. */
  readonly running: Catalog;
}

/** The plug-ins that a text names: those that are built in, and the operator's own below `folder` or as packages. */
async function catalogsFor(text: string, folder: string): Promise<Catalogs> {
  const written = writtenCodes(text);
  const builtIn = await openCatalog(written);
  const withOwn = async <F extends { readonly code: string }>(
    plugIns: PlugIns<F>,
    codes: readonly string[],
    read: CustomModuleOptions<F>['read'],
  ) => {
    const taken = new Set(plugIns.codes().map((code) => code.toLowerCase()));
    const isBuiltIn = (code: string) => plugIns.find(code) !== undefined || taken.has(code.toLowerCase());
    const own = await loadCustomModules({ codes: customCodes(codes, isBuiltIn), folder, isBuiltIn, read });
    const byOwnCode = new Map([...own.factories.values()].map((factory) => [factory.code, factory]));
    return {
      checking: {
        ...plugIns,
        find: (code: string) => plugIns.find(code) ?? own.factories.get(code),
        problem: (code: string) => own.problems.get(code),
      },
      running: { ...plugIns, find: (code: string) => plugIns.find(code) ?? byOwnCode.get(code) },
    };
  };
  const login = await withOwn(builtIn.loginModules, written.loginModules, readFactory);
  const mapping = await withOwn(builtIn.mappers, written.mappers, readMapperFactory);
  const policies = await withOwn(builtIn.authorizationModules, written.authorizationModules, readAuthorizationFactory);
  const auditors = await withOwn(builtIn.auditProviders, written.auditProviders, readAuditorFactory);
  const joined = (phase: keyof Catalogs): Catalog => ({
    ...builtIn,
    loginModules: login[phase],
    mappers: mapping[phase],
    authorizationModules: policies[phase],
    auditProviders: auditors[phase],
  });
  return { checking: joined('checking'), running: joined('running') };
}
