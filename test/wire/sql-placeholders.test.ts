/** @module Placeholders for PostgreSQL: numbered where they are some, left alone where they are none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberPlaceholders } from '../../src/wire/sql-placeholders.ts';

describe('placeholders', () => {
  it.each([
    ['select a from t where b = ? and c = ?', 'select a from t where b = $1 and c = $2', 2],
    ['select 1', 'select 1', 0],
    ['?', '$1', 1],
    ['a?b', 'a$1b', 1],
    ["select '?', ?", "select '?', $1", 1],
    ["select 'it''s ?', ?", "select 'it''s ?', $1", 1],
    ["select 'c:\\', ?", "select 'c:\\', $1", 1],
    ["select E'\\'?', ?", "select E'\\'?', $1", 1],
    ["select e'''?', ?", "select e'''?', $1", 1],
    ["select name'?\\', ?", "select name'?\\', $1", 1],
    ["select U&'\\0041?', ?", "select U&'\\0041?', $1", 1],
    ['select "?" from "a""?" where b = ?', 'select "?" from "a""?" where b = $1', 1],
    ['select ? -- really?\n, ?', 'select $1 -- really?\n, $2', 2],
    ['select ? /* ? /* ? */ ? */ , ?', 'select $1 /* ? /* ? */ ? */ , $2', 2],
    ['select $$ ? $$, ?', 'select $$ ? $$, $1', 1],
    ['select $x$ ? $y$ $$ ? $x$, ?', 'select $x$ ? $y$ $$ ? $x$, $1', 1],
    ['select a$b$ ? from t', 'select a$b$ $1 from t', 1],
    ['select j ?? ?, j ??| ?', 'select j ? $1, j ?| $2', 2],
    ["select 'open ?", "select 'open ?", 0],
    ['select "open ?', 'select "open ?', 0],
    ['select 1 /* open ?', 'select 1 /* open ?', 0],
    ['select $a$ open ?', 'select $a$ open ?', 0],
  ])('in %j', (sql, text, count) => {
    expect(numberPlaceholders(sql)).toEqual({ text, count });
  });

  it('change nothing else, in whatever text', () => {
    const pieces = fc.constantFrom(
      '?',
      "'",
      '"',
      '$',
      '$$',
      '$a$',
      '--',
      '\n',
      '/*',
      '*/',
      '\\',
      'e',
      'x',
      ' ',
      '\u{1f600}',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const sql = parts.join('');
        const { text, count } = numberPlaceholders(sql.replaceAll('??', '? '));
        let seen = 0;
        // What was added are numbers in order, one a placeholder.
        const back = text.replaceAll(/\$(\d+)/g, (_, number) => {
          seen += 1;
          expect(Number(number)).toBe(seen);
          return '?';
        });
        expect([back, seen]).toEqual([sql.replaceAll('??', '? '), count]);
      }),
      { numRuns: 500 },
    );
  });

  it('are found in linear time', () => {
    const long = "'".repeat(50_001) + '?'.repeat(50_000) + '$a'.repeat(50_000) + '/*'.repeat(50_000);
    expect(numberPlaceholders(long).count).toBe(0);
  });
});
