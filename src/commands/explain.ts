/** @module `gatehouse explain`: prints how a decision of the audit log came about. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { auditFiles, type FoundEvent, findAuditEvent } from '../adapters/audit-log-reader.ts';
import { openExistingHome } from '../adapters/home-folder.ts';
import { type ExplainOptions, explainEvent } from '../engine/explain.ts';
import type { Command } from './command.ts';
import { sourceLines, textOfRevision } from './configuration-lines.ts';

const idPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;

const help = `Usage: gatehouse explain <decision-id> [--home <folder>] [--file <audit file>]… [--json]

Prints how a decision came about: in one sentence what happened and why, what it means and what to do; then the
modules in order with flag, outcome, reason and time, what each added, and the lines of configuration.
The id is on the error page, in the log and in the audit record.

  --home <folder>   default ./var
  --file <file>     an audit file, .jsonl or .jsonl.gz; may be given again. Default: every one below <home>/log
  --json            the record as it was written

Colours only on a terminal; NO_COLOR turns them off.
`;

export const explain: Command = {
  summary: 'how a decision came about',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { home: { type: 'string' }, file: { type: 'string', multiple: true }, json: { type: 'boolean' } },
    });
    const id = positionals[0]?.toUpperCase();
    if (id === undefined || positionals.length !== 1 || !idPattern.test(id)) {
      process.stderr.write(`gatehouse explain: give one decision id, 26 letters and digits.\n\n${help}`);
      return 2;
    }
    const folder = resolve(values.home ?? 'var');
    const paths = values.file ?? (await auditFiles(join(folder, 'log')));
    const found = await findAuditEvent(paths, id);
    if (found === undefined) {
      const where = paths.length === 0 ? `${join(folder, 'log')}, which holds no audit file` : paths.join(', ');
      process.stderr.write(`gatehouse explain: no decision ${id} in ${where}.\n`);
      return 1;
    }
    if (values.json === true) {
      process.stdout.write(`${JSON.stringify(found.event, undefined, 2)}\n`);
      return 0;
    }
    process.stdout.write(await inWords(found, paths, folder));
    return 0;
  },
};

async function inWords({ event, followers }: FoundEvent, paths: readonly string[], home: string): Promise<string> {
  const cause = event.decision === undefined || event.trace !== undefined ? undefined : event.decision;
  const login = cause === undefined ? undefined : await findAuditEvent(paths, cause);
  const revision = (event.trace ?? login?.event.trace)?.configRevision;
  const options = { color: useColor(), ...(await sourceOf(home, revision)) };
  const followed = followers.map(
    ({ id, type, outcome, application }) =>
      `  ${id}  ${type}, ${outcome}${application === undefined ? '' : `, ${application}`}\n`,
  );
  return [
    explainEvent(event, options),
    ...(followed.length === 0 ? [] : ['\nWhat followed (explain any of them)\n', ...followed]),
    ...(login === undefined ? [] : ['\nIt follows from this login:\n\n', explainEvent(login.event, options)]),
  ].join('');
}

/** Nothing where the configuration has changed since and no copy of it was kept. */
async function sourceOf(folder: string, revision: string | undefined): Promise<ExplainOptions> {
  if (revision === undefined || !existsSync(folder)) return {};
  const text = await textOfRevision(await openExistingHome(folder), revision);
  return text === undefined ? {} : { source: sourceLines(text) };
}

function useColor(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}
