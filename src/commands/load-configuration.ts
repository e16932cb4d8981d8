/** @module Reads the configuration of a home folder for a command, or says on standard error why it is not usable. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import * as catalog from '../catalog.ts';
import type { Configuration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';

export const configurationFile = 'gatehouse.yaml';
export const configurationPath = `configuration/${configurationFile}`;

/** `undefined` after every problem has been printed. @throws ERR_CONFIG_UNREADABLE when there is no such file. */
export async function loadFromHome(
  home: HomeFolder,
): Promise<{ readonly configuration: Configuration; readonly revision: string } | undefined> {
  const result = loadConfiguration({
    text: await home.readText(configurationPath),
    file: configurationFile,
    environment: process.env,
    readSecretFile: (path) => home.readSecretFile(path),
    catalog,
  });
  if (result.status === 'loaded') return { configuration: result.configuration, revision: result.revision };
  process.stderr.write(`${formatProblems(result.problems)}\n${home.resolve(configurationPath)} is not usable.\n`);
  return undefined;
}
