/** @module `gatehouse explain`: prints how a decision of the audit log came about. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findAuditEvent } from '../adapters/audit-log-reader.ts';
import { explainTrace } from '../engine/explain.ts';
import type { AuditEvent } from '../spi/audit.ts';
import type { Command } from './command.ts';

const idPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;

const help = `Usage: gatehouse explain <decision-id> [--home <folder>] [--file <audit file>] [--json]

Prints how a decision came about: the modules in order with flag, outcome, reason and time,
what each added, the rule that decided, and the line of configuration.
The id is on the error page, in the log and in the audit record.

  --home <folder>   default ./var
  --file <file>     an audit file other than <home>/log/audit.jsonl
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
    const path = values.file ?? join(resolve(values.home ?? 'var'), 'log', 'audit.jsonl');
    const event = await findAuditEvent(path, id);
    if (event === undefined) {
      process.stderr.write(`gatehouse explain: no decision ${id} in ${path}.\n`);
      return 1;
    }
    process.stdout.write(values.json === true ? `${JSON.stringify(event, undefined, 2)}\n` : printed(event));
    return 0;
  },
};

/** A login has a trace; any other event says what it is in a line or two. */
function printed(event: AuditEvent): string {
  if (event.trace !== undefined) return explainTrace(event.trace);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['outcome', event.outcome],
    ['reason', event.reason],
    ['at', new Date(event.at).toISOString()],
    ['node', event.node],
    ['domain', event.domain],
    ['principal', event.principal],
    ['from', event.sourceAddress],
    ['application', event.application],
    ['path', event.path],
    ['follows from', event.decision],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(14)}${value}`]));
  return `Decision ${event.id}: ${event.type}\n${lines.join('\n')}\n`;
}
