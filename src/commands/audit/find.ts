/** @module `gatehouse audit tail` and `gatehouse audit find`: records of the audit files, filtered, one a line. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { auditFiles, auditRecords } from '../../adapters/audit-log-reader.ts';
import { type AuditEvent, auditTypes } from '../../spi/audit.ts';
import { printable } from '../../spi/printable.ts';
import type { ExitCode } from '../command.ts';

const defaultLines = 20;
const maxLines = 100_000;
const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

interface Found {
  readonly event: AuditEvent;
  readonly line: string;
}

const options = {
  home: { type: 'string' },
  file: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  user: { type: 'string' },
  domain: { type: 'string' },
  application: { type: 'string' },
  type: { type: 'string' },
  outcome: { type: 'string' },
  address: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  lines: { type: 'string' },
  limit: { type: 'string' },
} as const;
type Values = ReturnType<typeof parse>;

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options }).values;

export async function find(action: 'tail' | 'find', args: readonly string[]): Promise<ExitCode> {
  const values = parse(args);
  const fits = filterOf(values);
  const count = countOf(
    action === 'tail' ? (values.lines ?? String(defaultLines)) : (values.limit ?? String(maxLines)),
  );
  if (typeof fits === 'string' || count === undefined) {
    const problem = typeof fits === 'string' ? fits : `a number of lines from 1 to ${maxLines}`;
    process.stderr.write(`gatehouse audit ${action}: ${problem}.\nTry "gatehouse audit --help".\n`);
    return 2;
  }
  const folder = join(resolve(values.home ?? 'var'), 'log');
  const found: Found[] = [];
  for (const path of values.file ?? (await auditFiles(folder))) {
    for await (const record of auditRecords(path)) {
      if (!fits(record.event)) continue;
      found.push(record);
      // Files are read one after the other: of each, what is older than the last ones cannot be among the last of all.
      if (action === 'tail' && found.length > 2 * count) found.splice(0, found.length, ...latest(found, count));
    }
  }
  const sorted = found.toSorted(byTime);
  const shown = action === 'tail' ? sorted.slice(-count) : sorted.slice(0, count);
  for (const { event, line } of shown) {
    process.stdout.write(values.json === true ? `${line}\n` : `${lineOf(event)}\n`);
  }
  if (shown.length < sorted.length && action === 'find') {
    process.stderr.write(`${sorted.length - shown.length} more: narrow the search, or give --limit.\n`);
  }
  return action === 'find' && shown.length === 0 ? 1 : 0;
}

const byTime = (one: Found, other: Found) => one.event.at - other.event.at;

function latest(found: readonly Found[], count: number): readonly Found[] {
  return found.toSorted(byTime).slice(-count);
}

function countOf(text: string): number | undefined {
  const count = Number(text);
  return Number.isInteger(count) && count >= 1 && count <= maxLines ? count : undefined;
}

/** What is wrong with a filter, as text. */
function filterOf(values: Values): ((event: AuditEvent) => boolean) | string {
  const { user, domain, application, type, outcome, address, since, until } = values;
  if (type !== undefined && !auditTypes.some((known) => known === type))
    return `--type is one of ${auditTypes.join(', ')}`;
  if (outcome !== undefined && outcome !== 'success' && outcome !== 'failure') return '--outcome is success or failure';
  const [from, to] = [instantOf(since, Number.NEGATIVE_INFINITY), instantOf(until, Number.POSITIVE_INFINITY)];
  if (from === undefined || to === undefined)
    return 'a time is written as 2026-11-22T08:00:00Z, 2026-11-22, 15m, 2h or 3d';
  const same = (wanted: string | undefined, value: string | undefined) => wanted === undefined || wanted === value;
  return (event) =>
    event.at >= from &&
    event.at <= to &&
    same(user?.toLowerCase(), event.principal?.toLowerCase()) &&
    same(domain, event.domain) &&
    same(application, event.application) &&
    same(type, event.type) &&
    same(outcome, event.outcome) &&
    same(address, event.sourceAddress);
}

function instantOf(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd') return Date.now() - Number(amount) * unitMs[unit];
  const at = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Names come from outside, and a terminal obeys what it is shown. */
function lineOf(event: AuditEvent): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['domain', event.domain],
    ['principal', event.principal],
    ['from', event.sourceAddress],
    ['application', event.application],
    ['path', event.path],
    ['decision', event.decision ?? event.id],
    ['node', event.node],
  ];
  const words = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoted(value)}`]));
  const time = Number.isFinite(event.at) ? new Date(event.at).toISOString() : String(event.at);
  const outcome = event.reason === undefined ? event.outcome : `${event.outcome} (${event.reason})`;
  return printable([time, event.type.padEnd(13), outcome, ...words].join('  '));
}

/** A name with a blank in it does not look like the next fact. */
function quoted(value: string): string {
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
