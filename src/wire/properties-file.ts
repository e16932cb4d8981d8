/** @module The Java `.properties` format (java.util.Properties.load, as text): reading, and changing one entry in place. */
import { GatehouseError } from '../spi/errors.ts';

/** 200,000 lines are far beyond what a file of users is good for, and still read in well under a second. */
export const maxPropertyLines = 200_000;

/** The longest entry, continuation lines included: room for a thousand roles of one user. */
export const maxPropertyLength = 65_536;

export interface PropertyEntry {
  readonly key: string;
  readonly value: string;
  /** Natural lines that the entry spans, from 0. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** A property file as its natural lines and what they say. */
export interface PropertiesFile {
  readonly lines: readonly string[];
  /** In file order, repeated keys included. */
  readonly entries: readonly PropertyEntry[];
}

/** @throws ERR_CONFIG_INVALID with `facts.line` (from 1) on a malformed `\uXXXX` or a limit that is exceeded. */
export function parseProperties(text: string): PropertiesFile {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > maxPropertyLines) {
    throw malformed('a property file has too many lines', maxPropertyLines);
  }
  const entries: PropertyEntry[] = [];
  let next = 0;
  while (next < lines.length) {
    const firstLine = next;
    const { logical, lineCount } = readLogicalLine(lines, firstLine);
    next += lineCount;
    if (logical !== '') {
      entries.push({ ...parseEntry(logical, firstLine + 1), firstLine, lastLine: next - 1 });
    }
  }
  return { lines, entries };
}

/** `logical` is empty for a comment or a blank line. A comment is one natural line: a backslash at its end continues nothing. */
function readLogicalLine(
  lines: readonly string[],
  first: number,
): { readonly logical: string; readonly lineCount: number } {
  const parts: string[] = [];
  let length = 0;
  for (let index = first; ; index += 1) {
    const natural = stripLeadingSpace(lines[index] ?? '');
    if (index === first && (natural === '' || natural.startsWith('#') || natural.startsWith('!'))) {
      return { logical: '', lineCount: 1 };
    }
    length += natural.length;
    if (length > maxPropertyLength) {
      throw malformed('an entry of a property file is too long', first + 1);
    }
    const continued = isContinued(natural);
    parts.push(continued ? natural.slice(0, -1) : natural);
    if (!continued || index === lines.length - 1) {
      return { logical: parts.join(''), lineCount: index - first + 1 };
    }
  }
}

/** The entries by key; the last of a repeated key counts, as in Java. */
export function propertiesByKey(file: PropertiesFile): ReadonlyMap<string, string> {
  return new Map(file.entries.map(({ key, value }) => [key, value]));
}

/** One entry as text without a line end, such that reading it gives back key and value exactly. */
export function buildProperty(key: string, value: string): string {
  const escapedKey = escapeText(key, /[\\=:#! ]|\p{Cc}|\p{Cs}|[\u2028\u2029]/gu);
  return `${escapedKey}=${escapeText(value, /\\|^ |\p{Cc}|\p{Cs}|[\u2028\u2029]/gu)}`;
}

/** The text with one entry added or changed. Every other line, comments included, stays as it is, in its order. */
export function setProperty(text: string, key: string, value: string): string {
  const file = parseProperties(text);
  const spans = file.entries.filter((entry) => entry.key === key);
  return replaceLines(text, file, spans, buildProperty(key, value));
}

/** The text without an entry, however often it stands there. */
export function removeProperty(text: string, key: string): string {
  const file = parseProperties(text);
  const removed = new Set(file.entries.filter((entry) => entry.key === key).flatMap(linesOf));
  return file.lines.filter((_, index) => !removed.has(index)).join(text.includes('\r\n') ? '\r\n' : '\n');
}

/** Puts `line` where the last span was and removes the other spans; appends it when there is none. */
export function replaceLines(
  text: string,
  file: PropertiesFile,
  spans: readonly Pick<PropertyEntry, 'firstLine' | 'lastLine'>[],
  line: string,
): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const ordered = spans.toSorted((a, b) => a.firstLine - b.firstLine);
  const place = ordered.at(-1);
  const removed = new Set(ordered.flatMap(linesOf));
  const kept = file.lines.flatMap((old, index) => {
    if (index === place?.firstLine) {
      return [line];
    }
    return removed.has(index) ? [] : [old];
  });
  if (place === undefined) {
    append(kept, line);
  }
  if (kept.at(-1) !== '') {
    kept.push('');
  }
  return kept.join(lineEnd);
}

function linesOf(span: Pick<PropertyEntry, 'firstLine' | 'lastLine'>): readonly number[] {
  return Array.from({ length: span.lastLine - span.firstLine + 1 }, (_, index) => span.firstLine + index);
}

function append(lines: string[], line: string): void {
  if (lines.at(-1) === '') {
    lines.pop();
  }
  // An entry that ends in a lone backslash would swallow the new line; an empty one ends it first.
  if (isContinued(lines.at(-1) ?? '')) {
    lines.push('');
  }
  lines.push(line);
}

function parseEntry(logical: string, line: number): { readonly key: string; readonly value: string } {
  const keyEnd = /^(?:\\[\s\S]|[^\\=: \t\f])*/.exec(logical)?.[0].length ?? 0;
  const separator = /^[ \t\f]*[=:]?[ \t\f]*/.exec(logical.slice(keyEnd))?.[0].length ?? 0;
  return {
    key: unescapeText(logical.slice(0, keyEnd), line),
    value: unescapeText(logical.slice(keyEnd + separator), line),
  };
}

const controlEscapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescapeText(escaped: string, line: number): string {
  return escaped.replace(
    /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g,
    (_, hex: string | undefined, single: string | undefined) => {
      if (hex !== undefined) {
        return String.fromCharCode(Number.parseInt(hex, 16));
      }
      if (single === undefined || single === 'u') {
        throw malformed('a \\u escape of a property file has not four hexadecimal digits', line);
      }
      return controlEscapes[single] ?? single;
    },
  );
}

/** Line ends and tabs by name, other control characters by number: a value can never begin a line of its own. */
function escapeText(text: string, special: RegExp): string {
  return text.replace(special, (character) => {
    const name = Object.entries(controlEscapes).find(([, control]) => control === character)?.[0];
    if (name !== undefined) {
      return `\\${name}`;
    }
    return /^[ -~]$/.test(character) ? `\\${character}` : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function stripLeadingSpace(line: string): string {
  return line.replace(/^[ \t\f]+/, '');
}

/** Counted by hand: a regular expression would take quadratic time over a line of backslashes. */
function isContinued(line: string): boolean {
  let backslashes = 0;
  while (line[line.length - 1 - backslashes] === '\\') {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}

function malformed(message: string, line: number): GatehouseError {
  return new GatehouseError('ERR_CONFIG_INVALID', message, { facts: { line } });
}
