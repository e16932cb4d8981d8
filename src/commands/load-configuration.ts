/** @module Reads the configuration of a home folder for a command, or says on standard error why it is not usable. */
import { readBoundedText } from '../adapters/bounded-file.ts';
import { loadCustomModules } from '../adapters/custom-modules.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import * as catalog from '../catalog.ts';
import type { Configuration } from '../config/configuration.ts';
import { customCodesIn } from '../config/custom-codes.ts';
import { loadConfiguration } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import { maxYamlBytes } from '../config/yaml-tree.ts';
import { openSecretSources } from '../server/secret-sources.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { LoginModuleFactory } from '../spi/login-module.ts';

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
  /** The operator's own, which the configuration names by file or package. */
  readonly customModules: readonly LoginModuleFactory[];
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
  const isBuiltIn = (code: string) => catalog.loginModule(code) !== undefined;
  const codes = customCodesIn(text, isBuiltIn);
  const { factories, problems } = await loadCustomModules({ codes, folder: home.resolve('configuration'), isBuiltIn });
  const result = loadConfiguration({
    text,
    file,
    ...(await openSecretSources(home, text, process.env)),
    catalog: {
      ...catalog,
      loginModule: (code) => catalog.loginModule(code) ?? factories.get(code),
      loginModuleProblem: (code) => problems.get(code),
    },
  });
  if (result.status === 'loaded') {
    const { configuration, revision } = result;
    return { configuration, revision, customModules: [...factories.values()] };
  }
  process.stderr.write(
    `${formatProblems(result.problems)}\n${file === configurationFile ? home.resolve(configurationPath) : file} is not usable.\n`,
  );
  return undefined;
}
