/** @module The report of an import, for people and as JSON: what is left to do first, then what became of every element. */
import { printable } from '../spi/printable.ts';
import type { ImportResult } from './import.ts';
import { type Disposition, dispositions, type LedgerEntry } from './ledger.ts';

export interface ImportReport {
  readonly file: string;
  /** False when something that decides logins was refused. */
  readonly complete: boolean;
  readonly counts: Readonly<Record<Disposition, number>>;
  readonly tasks: ImportResult['tasks'];
  readonly entries: readonly LedgerEntry[];
  /** Below the new home folder. */
  readonly files: readonly string[];
}

/** A line that a terminal shows whole. */
const maxPrinted = 400;

export function buildReport(file: string, result: ImportResult): ImportReport {
  const count = (disposition: Disposition) =>
    result.entries.filter((entry) => entry.disposition === disposition).length;
  return {
    file,
    complete: !result.entries.some(({ decides }) => decides),
    counts: {
      kept: count('kept'),
      stricter: count('stricter'),
      approximated: count('approximated'),
      refused: count('refused'),
      outside: count('outside'),
    },
    tasks: result.tasks,
    entries: result.entries,
    files: result.files.map(({ path }) => path),
  };
}

const headings: Readonly<Record<Disposition, string>> = {
  refused: 'Refused',
  stricter: 'Kept with a stricter default',
  approximated: 'Approximated',
  kept: 'Kept',
  outside: 'Not about security',
};
/** What a person has to look at comes first. */
const order: readonly Disposition[] = ['refused', 'stricter', 'approximated', 'kept', 'outside'];

/** Every entry is in it; `(+3)` stands for three attributes and elements below that share the reason. */
export function printReport(report: ImportReport): string {
  const { file, tasks, counts, entries } = report;
  const todo = tasks.map((task) => `  [ ] ${printable(task.text, maxPrinted)}  (${placeOf(task)})`);
  const deciding = entries.filter(({ decides }) => decides);
  const sections = order.flatMap((disposition) => {
    const own = entries.filter((entry) => entry.disposition === disposition);
    return own.length === 0
      ? []
      : [
          '',
          `${headings[disposition]} (${own.length})`,
          ...folded(own).map(({ entry, below }) => entryLine(entry, below)),
        ];
  });
  return `${[
    `Import of ${file}`,
    `  ${dispositions.map((disposition) => `${counts[disposition]} ${disposition}`).join(', ')}`,
    ...(deciding.length === 0
      ? ['  Nothing that decides a login was refused.']
      : [`  Refusals that decide logins: ${deciding.length}. Where they stand, fewer people get in than before.`]),
    '',
    'By hand',
    ...(todo.length === 0 ? ['  nothing'] : todo),
    ...sections,
  ].join('\n')}\n`;
}

/** Single entries always have a line of their own: options, modules and whatever decides. */
const single = /\/(?:[a-z-]+-module|module-option|security-domain|security-realm|auth-module)\[[^/]*\]$/;

interface Folded {
  readonly entry: LedgerEntry;
  readonly below: number;
}

/** What shares disposition and reason with the element around it is counted there; the JSON has each. */
function folded(entries: readonly LedgerEntry[]): readonly Folded[] {
  const lines: { entry: LedgerEntry; below: number }[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const isPart =
      last?.entry.reason === entry.reason && entry.path.startsWith(`${last.entry.path}/`) && !entry.decides;
    if (last !== undefined && isPart && !single.test(entry.path)) last.below += 1;
    else lines.push({ entry, below: 0 });
  }
  return lines;
}

function placeOf({ file, line }: { readonly file: string; readonly line?: number }): string {
  return line === undefined ? file : `${file}:${line}`;
}

function entryLine(entry: LedgerEntry, below: number): string {
  const { path, reason, decides } = entry;
  const mark = decides ? '! ' : '  ';
  const more = below === 0 ? '' : ` (+${below})`;
  const because = reason === '' ? '' : `  — ${reason}`;
  return `${mark}${placeOf(entry)}  ${printable(`${path}${more}${because}`, maxPrinted)}`;
}
