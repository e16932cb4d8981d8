/** @module Lines of the configuration that made a decision, as far as it is still at hand, without what could be a secret in them. */
import { readBoundedText } from '../adapters/bounded-file.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { revisionOf } from '../config/load.ts';
import { maxYamlBytes } from '../config/yaml-tree.ts';
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import { configurationFile, configurationPath } from './load-configuration.ts';

export const historyFolder = 'configuration/history';

/** The text of a revision: the configuration of the home as it is, or one that a server has started with before. */
export async function textOfRevision(home: HomeFolder, revision: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{12}$/.test(revision)) return undefined;
  for (const path of [configurationPath, `${historyFolder}/${revision}.yaml`]) {
    const read = await readBoundedText(home.resolve(path), maxYamlBytes);
    if ('text' in read && revisionOf(read.text) === revision) return read.text;
  }
  return undefined;
}

/** Keeps the text of a configuration that a server starts with, so that its decisions can be read against it for good. */
export async function keepRevision(home: HomeFolder, revision: string): Promise<void> {
  const text = await home.readText(configurationPath);
  // Changed since it was loaded: the next start keeps it.
  if (revisionOf(text) === revision) await home.createText(`${historyFolder}/${revision}.yaml`, text);
}

/** For `explain`. Options and comments are left out: passwords stand in them. */
export function sourceLines(text: string): (place: ConfigurationPlace) => string | undefined {
  const lines = text.split(/\r?\n/);
  return ({ file, line }) => {
    const written = file === configurationFile ? lines[line - 1] : undefined;
    return written
      ?.trim()
      .replace(/(\b(?:module-)?options["']?\s*:).*$/, '$1 …')
      .replace(/\s+#.*$/, '');
  };
}
