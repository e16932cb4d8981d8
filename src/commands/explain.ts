/** @module `gatehouse explain`: prints how a decision of the audit log came about. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { auditFiles, findAuditEvent } from '../adapters/audit-log-reader.ts';
import { explainEvent } from '../engine/explain.ts';
import type { AuditEvent } from '../spi/audit.ts';
import type { Command } from './command.ts';

const idPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;

const help = `Usage: gatehouse explain <decision-id> [--home <folder>] [--file <audit file>] [--json]

Prints how a decision came about: the modules in order with flag, outcome, reason and time,
what each added, the rule that decided, and the line of configuration.
The id is on the error page, in the log and in the audit record.

  --home <folder>   default ./var
  --file <file>     one audit file; default every *.jsonl below <home>/log
  --json            the record as it was written
`;

export const explain: Command = {
  summary: 'how a decision came about',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { home: { type: 'string' }, file: { type: 'string' }, json: { type: 'boolean' } },
    });
    const id = positionals[0]?.toUpperCase();
    if (id === undefined || positionals.length !== 1 || !idPattern.test(id)) {
      process.stderr.write(`gatehouse explain: give one decision id, 26 letters and digits.\n\n${help}`);
      return 2;
    }
    const folder = join(resolve(values.home ?? 'var'), 'log');
    const paths = values.file === undefined ? await auditFiles(folder) : [values.file];
    const event = await findFirst(paths, id);
    if (event === undefined) {
      const where = paths.length === 0 ? `${folder}, which holds no audit file` : paths.join(', ');
      process.stderr.write(`gatehouse explain: no decision ${id} in ${where}.\n`);
      return 1;
    }
    process.stdout.write(values.json === true ? `${JSON.stringify(event, undefined, 2)}\n` : explainEvent(event));
    return 0;
  },
};

/** A domain may audit into a file of its own. */
async function findFirst(paths: readonly string[], id: string): Promise<AuditEvent | undefined> {
  for (const path of paths) {
    const event = await findAuditEvent(path, id);
    if (event !== undefined) return event;
  }
  return undefined;
}
