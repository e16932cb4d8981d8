/** @module `gatehouse test`: tries the cases of policy tests against the configuration of a home, for people and for CI. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type HomeFolder, openExistingHome } from '../adapters/home-folder.ts';
import { loadPolicyTests } from '../config/policy-tests.ts';
import { formatProblems } from '../config/problem.ts';
import type { Offline } from '../server/offline.ts';
import type { PolicyResult } from '../server/policy-run.ts';
import { openSecretSources } from '../server/secret-sources.ts';
import { printable } from '../spi/printable.ts';
import { buildJunit } from '../wire/junit.ts';
import type { Command, ExitCode } from './command.ts';
import { readCertificates } from './evidence-input.ts';
import {
  type LoadedConfiguration,
  loadFromHome,
  readConfigurationText,
  toStandardError,
} from './load-configuration.ts';

const help = `Usage: gatehouse test <policy.test.yaml>… [--home <folder>] [--junit <file>] [--json]

Tries the cases of policy tests against the configuration of a home: who comes in, with which roles, by whose word, and
what applications answer. Nothing is changed and no server is needed; each case is a dry run as of "gatehouse test-login".
Prints TAP version 14: "ok" or "not ok" for each case, with the differences and how they came about.

  --home <folder>   default ./var
  --junit <file>    also write a JUnit XML report
  --json            the results as one JSON object

docs/testing-policies.md explains the file. Exit codes: 0 all as expected, 1 not, 2 wrong usage, 3 a case could not be tried.
`;

interface FileResult {
  readonly file: string;
  readonly results: readonly PolicyResult[];
}

export const policyTest: Command = {
  summary: 'try the cases of policy tests',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { home: { type: 'string' }, junit: { type: 'string' }, json: { type: 'boolean' } },
    });
    if (positionals.length === 0) {
      process.stderr.write(`gatehouse test: name a test file.\n\n${help}`);
      return 2;
    }
    const home = await openExistingHome(values.home ?? 'var');
    const loaded = await loadFromHome(home);
    if (loaded === undefined) return 1;
    const files: FileResult[] = [];
    for (const path of positionals) {
      const results = await runFile(path, home, loaded);
      if (results === undefined) return 1;
      files.push({ file: basename(path), results });
    }
    const all = files.flatMap(({ results }) => results);
    process.stdout.write(values.json === true ? `${JSON.stringify({ files }, undefined, 2)}\n` : tapOf(files));
    if (values.junit !== undefined) await writeFile(values.junit, junitOf(files));
    return exitCodeOf(all);
  },
};

/** `undefined` after every problem of the file has been printed. */
async function runFile(path: string, home: HomeFolder, loaded: LoadedConfiguration) {
  const text = await readConfigurationText(path);
  const secrets = await openSecretSources(home, text, process.env);
  const read = loadPolicyTests(text, basename(path), secrets);
  if (read.status === 'refused') {
    process.stderr.write(`${formatProblems(read.problems)}\n${path} is not usable.\n`);
    return undefined;
  }
  const [{ openOffline }, { runPolicyCase }] = await Promise.all([
    import('../server/offline.ts'),
    import('../server/policy-run.ts'),
  ]);
  const compositions = new Map<number | undefined, Promise<Offline>>();
  const parts = {
    offline(at: number | undefined) {
      const open = compositions.get(at) ?? openOffline(home, loaded, { logger: toStandardError, at });
      compositions.set(at, open);
      return open;
    },
    readCertificates: (file: string) => readCertificates(resolve(dirname(path), file)),
    assume: (username: string) => ({ kind: 'assumed', username }) as const,
    timer: () => performance.now(),
  };
  try {
    const results: PolicyResult[] = [];
    for (const one of read.cases) results.push(await runPolicyCase(one, parts));
    return results;
  } finally {
    for (const open of await Promise.allSettled(compositions.values())) {
      if (open.status === 'fulfilled') await open.value.close();
    }
  }
}

function tapOf(files: readonly FileResult[]): string {
  const lines = ['TAP version 14'];
  let number = 0;
  for (const { file, results } of files) {
    for (const { name, line, outcome, differences, explanation } of results) {
      number += 1;
      lines.push(`${outcome === 'passed' ? 'ok' : 'not ok'} ${number} - ${tapText(name)}`);
      if (outcome === 'passed') continue;
      const told = [`at ${file}:${line}`, ...differences, ...explanation.trimEnd().split('\n')];
      lines.push(...told.map((one) => `  # ${printable(one)}`.trimEnd()));
    }
  }
  return `${[...lines, `1..${number}`].join('\n')}\n`;
}

/** TAP 14: a `#` begins a directive such as SKIP. */
function tapText(name: string): string {
  return printable(name).replace(/[\\#]/g, '\\$&');
}

function junitOf(files: readonly FileResult[]): string {
  const suite = files.map(({ file }) => file).join(', ');
  const cases = files.flatMap(({ file, results }) =>
    results.map(({ name, line, outcome, differences, explanation, ms }) => {
      const told = {
        message: differences.join('; '),
        text: `${file}:${line}\n${differences.join('\n')}\n\n${explanation}`,
      };
      if (outcome === 'passed') return { name, ms };
      return outcome === 'failed' ? { name, ms, failure: told } : { name, ms, error: told };
    }),
  );
  return buildJunit(suite, cases);
}

function exitCodeOf(results: readonly PolicyResult[]): ExitCode {
  if (results.some(({ outcome }) => outcome === 'error')) return 3;
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}
