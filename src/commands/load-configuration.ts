/** @module Reads the configuration of a home folder for a command, or says on standard error why it is not usable. */
import { readBoundedText } from '../adapters/bounded-file.ts';
import { readAuditorFactory } from '../adapters/custom-auditor-shape.ts';
import { readFactory } from '../adapters/custom-module-shape.ts';
import { type CustomModuleOptions, loadCustomModules } from '../adapters/custom-modules.ts';
import { readAuthorizationFactory, readMapperFactory } from '../adapters/custom-policy-shape.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import * as catalog from '../catalog.ts';
import type { Configuration } from '../config/configuration.ts';
import { customCodesIn } from '../config/custom-codes.ts';
import { loadConfiguration } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import { maxYamlBytes } from '../config/yaml-tree.ts';
import type { CustomAfterLogin } from '../server/authorization.ts';
import { openSecretSources } from '../server/secret-sources.ts';
import type { AuditProviderFactory } from '../spi/audit.ts';
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
  readonly customAfterLogin: CustomAfterLogin;
  readonly customAuditProviders: readonly AuditProviderFactory[];
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
  const own = await loadOwn(text, home.resolve('configuration'));
  const { loginModules, mappers, authorizationModules, auditProviders } = own;
  const result = loadConfiguration({
    text,
    file,
    ...(await openSecretSources(home, text, process.env)),
    catalog: {
      ...catalog,
      loginModule: (code) => catalog.loginModule(code) ?? loginModules.factories.get(code),
      loginModuleProblem: (code) => loginModules.problems.get(code),
      mapper: (code) => catalog.mapper(code) ?? mappers.factories.get(code),
      mapperProblem: (code) => mappers.problems.get(code),
      authorizationModule: (code) => catalog.authorizationModule(code) ?? authorizationModules.factories.get(code),
      authorizationModuleProblem: (code) => authorizationModules.problems.get(code),
      auditProvider: (code) => catalog.auditProvider(code) ?? auditProviders.factories.get(code),
      auditProviderProblem: (code) => auditProviders.problems.get(code),
    },
  });
  if (result.status === 'loaded') {
    const { configuration, revision } = result;
    const customAfterLogin = {
      mappers: [...mappers.factories.values()],
      authorizationModules: [...authorizationModules.factories.values()],
    };
    return {
      configuration,
      revision,
      customModules: [...loginModules.factories.values()],
      customAfterLogin,
      customAuditProviders: [...auditProviders.factories.values()],
    };
  }
  process.stderr.write(
    `${formatProblems(result.problems)}\n${file === configurationFile ? home.resolve(configurationPath) : file} is not usable.\n`,
  );
  return undefined;
}

/** The operator's own modules that a text names, of each kind. */
async function loadOwn(text: string, folder: string) {
  const load = <F extends { readonly code: string }>(
    list: Parameters<typeof customCodesIn>[2],
    isBuiltIn: (code: string) => boolean,
    read: CustomModuleOptions<F>['read'],
  ) => loadCustomModules({ codes: customCodesIn(text, isBuiltIn, list), folder, isBuiltIn, read });
  return {
    loginModules: await load('authentication', (code) => catalog.loginModule(code) !== undefined, readFactory),
    mappers: await load('mapping', (code) => catalog.mapper(code) !== undefined, readMapperFactory),
    authorizationModules: await load(
      'authorization',
      (code) => catalog.authorizationModule(code) !== undefined,
      readAuthorizationFactory,
    ),
    auditProviders: await load('audit', (code) => catalog.auditProvider(code) !== undefined, readAuditorFactory),
  };
}
