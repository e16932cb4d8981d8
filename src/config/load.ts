/** @module Loads `gatehouse.yaml`: text in, the checked configuration or every problem at once out. */
import { createHash } from 'node:crypto';
import type { Configuration } from './configuration.ts';
import type { ConfigurationCatalog } from './configuration-catalog.ts';
import { consistencyFindings } from './consistency.ts';
import { type Finding, formatPath, type Problem, sortProblems } from './problem.ts';
import { referenceFindings } from './references.ts';
import { resolveConfiguration } from './resolve.ts';
import { configurationSchema } from './schema.ts';
import { type Checked, convertSecretScalars, schemaFindings } from './schema-findings.ts';
import { fillSecrets, type SecretSources } from './secrets.ts';
import { parseYamlTree, type YamlTree } from './yaml-tree.ts';

export interface LoadOptions extends SecretSources {
  readonly text: string;
  /** What problems and places call the file: `gatehouse.yaml`. */
  readonly file: string;
  readonly catalog: ConfigurationCatalog;
}

export type LoadResult =
  | { readonly status: 'loaded'; readonly configuration: Configuration; readonly revision: string }
  /** Never empty; in the order of the file. */
  | { readonly status: 'refused'; readonly problems: readonly Problem[]; readonly revision: string };

/** Twelve hexadecimal digits of the SHA-256 of the text: names a configuration in every decision trace. */
export function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function located(findings: readonly Finding[], tree: YamlTree, file: string): readonly Problem[] {
  return findings.map(({ path, atKey, later, message }) => ({
    code: later === true ? 'ERR_NOT_IN_THIS_VERSION' : 'ERR_CONFIG_INVALID',
    file,
    ...tree.position(path, atKey),
    path: formatPath(path),
    message,
  }));
}

function parseDocument(checked: Checked) {
  const first = configurationSchema.safeParse(checked.value);
  const again = !first.success && convertSecretScalars(first.error.issues, checked);
  return again ? configurationSchema.safeParse(checked.value) : first;
}

/**
 * Syntax problems end the work, because what follows from a misread text misleads; duplicate keys, tags, secrets, shape,
 * references and options are then all reported together. Throws nothing for any text.
 */
export function loadConfiguration(options: LoadOptions): LoadResult {
  const { text, file, catalog } = options;
  const revision = revisionOf(text);
  const tree = parseYamlTree(text);
  const syntax = tree.problems.map(({ path, ...problem }): Problem => {
    return { code: 'ERR_CONFIG_INVALID', file, path: formatPath(path), ...problem };
  });
  if (tree.broken) {
    return { status: 'refused', problems: sortProblems(syntax), revision };
  }
  const filled = fillSecrets(tree.value, options);
  const checked: Checked = { value: filled.value ?? {}, at: [], holdsSecret: filled.holdsSecret };
  // Before the schema, which copies what it reads: module options that secrets supplied are converted in place.
  const references = referenceFindings(checked, catalog);
  const parsed = parseDocument(checked);
  const findings = parsed.success
    ? consistencyFindings(parsed.data)
    : schemaFindings(configurationSchema, parsed.error.issues, checked);
  const unread = new Set(filled.findings.map(({ path }) => formatPath(path)));
  // A value whose secret could not be read was checked as it is written: what is said against that is noise.
  const others = [...findings, ...references].filter(({ path }) => !unread.has(formatPath(path)));
  const problems = sortProblems([...syntax, ...located([...filled.findings, ...others], tree, file)]);
  if (problems.length > 0 || !parsed.success) {
    return { status: 'refused', problems, revision };
  }
  const place = (path: Parameters<YamlTree['position']>[0]) => ({ file, line: tree.position(path, true).line });
  return { status: 'loaded', configuration: resolveConfiguration(parsed.data, catalog, place), revision };
}
