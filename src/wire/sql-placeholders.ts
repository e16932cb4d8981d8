/** @module `?` placeholders of SQL made into PostgreSQL's `$1`, `$2` …, everywhere but in strings, quoted names and comments. */

export interface NumberedSql {
  readonly text: string;
  /** How many placeholders there are. */
  readonly count: number;
}

/**
 * The lexical elements of PostgreSQL that may hold a question mark which is none (PostgreSQL manual §4.1), and the two that are
 * looked for. Each alternative begins with other characters, so that nothing is read twice; what is never closed runs to the end.
 * Nested block comments are counted by hand.
 */
const element = new RegExp(
  [
    String.raw`(?<![\p{L}\p{N}_$])[eE]'(?:[^'\\]|\\[^]|'')*(?:'|$)`, // escape string
    `'(?:[^']|'')*(?:'|$)`,
    `"(?:[^"]|"")*(?:"|$)`,
    String.raw`--[^\n\r]*`,
    String.raw`(?<![\p{L}\p{N}_$])(\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$)`, // opens a dollar-quoted string
    String.raw`\/\*`,
    String.raw`\?\??`,
  ].join('|'),
  'gu',
);

function endOfComment(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) {
      return mark.lastIndex;
    }
  }
  return sql.length;
}

function endOfDollarQuote(sql: string, tag: string, start: number): number {
  const end = sql.indexOf(tag, start + tag.length);
  return end === -1 ? sql.length : end + tag.length;
}

/** `??` is one question mark that is no placeholder, as in JDBC: PostgreSQL has operators with question marks. */
export function numberPlaceholders(sql: string): NumberedSql {
  const parts: string[] = [];
  let count = 0;
  let copied = 0;
  const scan = new RegExp(element);
  for (let found = scan.exec(sql); found !== null; found = scan.exec(sql)) {
    const [text, tag] = found;
    if (text === '/*') {
      scan.lastIndex = endOfComment(sql, found.index);
    } else if (tag !== undefined) {
      scan.lastIndex = endOfDollarQuote(sql, tag, found.index);
    } else if (text.startsWith('?')) {
      count += text === '?' ? 1 : 0;
      parts.push(sql.slice(copied, found.index), text === '?' ? `$${count}` : '?');
      copied = scan.lastIndex;
    }
  }
  return { text: parts.join('') + sql.slice(copied), count };
}
