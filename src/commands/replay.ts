/** @module `gatehouse replay`: of the logins in an audit log, which would come out differently under another configuration. */
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { auditLines } from '../adapters/audit-log-reader.ts';
import { readBoundedText } from '../adapters/bounded-file.ts';
import { type HomeFolder, openExistingHome } from '../adapters/home-folder.ts';
import type { Configuration } from '../config/configuration.ts';
import { revisionOf } from '../config/load.ts';
import { maxYamlBytes } from '../config/yaml-tree.ts';
import { replayLogin } from '../engine/replay.ts';
import type { ReplayDomain } from '../engine/replay-domain.ts';
import { createReplayCounter, type ReplayReport } from '../engine/replay-report.ts';
import { planReplay } from '../server/replay-plan.ts';
import { printable } from '../spi/printable.ts';
import { parseAuditRecord } from '../wire/audit/record-schema.ts';
import type { Command } from './command.ts';
import { textOfRevision } from './configuration-lines.ts';
import { loadText, readConfigurationText } from './load-configuration.ts';

const help = `Usage: gatehouse replay <audit.jsonl>… --config <new.yaml> [--before <old.yaml>]… [--home <folder>] [--json]

Of the logins that the audit files record, which would come out differently under another configuration, and why.
No store is asked: what each module said then is run through the new stack with its flags and order. A module that is
new or whose options have changed would have to be asked, and so would a changed mapping; where that decides, the
result cannot be told.

What decided then is read from the home: gatehouse.yaml as it is, or configuration/history, where every server keeps
what it has started with. Packed files (.gz) are read as they are.

  --config <file>   the new configuration; files that it names are looked for in the home
  --before <file>   a configuration of then that the home does not have
  --home <folder>   default ./var
  --json            the same as one JSON object

Exit codes: 0 every login the same, 1 some would change or cannot be told, or the new configuration is wrong,
2 wrong usage, 3 a file could not be read or is no audit file.
`;

const linesPerProgress = 100_000;
const namesShown = 20;

export const replay: Command = {
  summary: 'what another configuration would change',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        home: { type: 'string' },
        config: { type: 'string' },
        before: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    });
    if (values.config === undefined || positionals.length === 0) {
      const missing = values.config === undefined ? 'say which --config' : 'name an audit file';
      process.stderr.write(`gatehouse replay: ${missing}.\n\n${help}`);
      return 2;
    }
    const home = await openExistingHome(values.home ?? 'var');
    const text = await textOrProblem(values.config);
    if (text === undefined) return 3;
    const loaded = await loadText(home, text, basename(values.config));
    if (loaded === undefined) return 1;
    const given = await Promise.all((values.before ?? []).map((path) => readConfigurationText(path)));
    const plan = planner(home, loaded.configuration, new Map(given.map((old) => [revisionOf(old), old])));
    const counter = createReplayCounter();
    let lines = 0;
    let unreadable = 0;
    for (const path of positionals) {
      let isAudit: boolean | undefined;
      for await (const line of auditLines(path)) {
        lines += 1;
        if (lines % linesPerProgress === 0) process.stderr.write(`${lines} lines read\n`);
        // Most records are no logins: what does not look like one is not parsed, once it is clear what the file is.
        if (isAudit === true && !line.includes('"trace":')) continue;
        const event = parseAuditRecord(line);
        isAudit ||= event !== undefined;
        if (event === undefined) unreadable += 1;
        if (event?.trace === undefined || event.type !== 'login') continue;
        const { trace, principal } = event;
        counter.add(trace.domain, principal, replayLogin(trace, await plan(trace.domain, trace.configRevision)));
      }
      if (isAudit === false) {
        process.stderr.write(`gatehouse replay: no line of ${path} is an audit record.\n`);
        return 3;
      }
    }
    if (unreadable > 0) process.stderr.write(`Lines that are no audit records, and were passed over: ${unreadable}.\n`);
    const report = counter.report();
    process.stdout.write(values.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : printed(report));
    return report.changes + report.unknown === 0 ? 0 : 1;
  },
};

/** `undefined` after saying why: the exit code 1 would mean that logins change. */
async function textOrProblem(file: string): Promise<string | undefined> {
  const read = await readBoundedText(file, maxYamlBytes);
  if ('text' in read) return read.text;
  process.stderr.write(`gatehouse replay: ${file} cannot be read: ${read.problem}.\n`);
  return undefined;
}

/** One comparison for each domain of each revision. A revision that cannot be loaded any more counts as not at hand. */
function planner(home: HomeFolder, after: Configuration, given: ReadonlyMap<string, string>) {
  const revisions = new Map<string, Promise<Configuration | undefined>>();
  const plans = new Map<string, Promise<ReplayDomain | undefined>>();

  async function load(revision: string): Promise<Configuration | undefined> {
    const text = given.get(revision) ?? (await textOfRevision(home, revision));
    if (text !== undefined) return (await loadText(home, text, `${revision}.yaml`))?.configuration;
    const name = printable(revision, namesShown);
    process.stderr.write(`The configuration ${name} is not at hand; --before <file> gives it.\n`);
    return undefined;
  }

  async function plan(domain: string, revision: string): Promise<ReplayDomain | undefined> {
    const before = revisions.get(revision) ?? load(revision);
    revisions.set(revision, before);
    return planReplay(domain, await before, after);
  }

  return (domain: string, revision: string): Promise<ReplayDomain | undefined> => {
    const key = JSON.stringify([domain, revision]);
    const known = plans.get(key) ?? plan(domain, revision);
    plans.set(key, known);
    return known;
  };
}

function printed({ logins, same, changes, unknown, causes }: ReplayReport): string {
  const rows = causes.map(({ domain, effect, because, logins: count, principals }) => {
    const more = principals.length > namesShown ? `, and ${principals.length - namesShown} more` : '';
    const who = principals.length === 0 ? '' : `    ${principals.slice(0, namesShown).join(', ')}${more}`;
    const lines = [`${domain}: ${count} ${count === 1 ? 'login' : 'logins'} ${effect}`, `    because ${because}`, who];
    return `${lines
      .filter((line) => line !== '')
      .map((line) => printable(line))
      .join('\n')}\n`;
  });
  const total = `${logins} logins: ${same} the same, ${changes} would change, ${unknown} cannot be told.\n`;
  return [total, ...rows].join('\n');
}
