/** @module What a terminal would obey is written out, what it would show is left alone. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable, replaceUnprintable } from '../../src/spi/printable.ts';

it.each([
  ['a line feed', 'a\nb', 'a\\u{a}b'],
  ['an escape sequence', '\u001b[2J', '\\u{1b}[2J'],
  ['a C1 control', '\u009b', '\\u{9b}'],
  ['a direction mark', 'a\u202eb', 'a\\u{202e}b'],
  ['a line separator', '\u2028', '\\u{2028}'],
  ['a format character beyond U+FFFF', '\u{e0001}', '\\u{e0001}'],
  ['a lone surrogate', '\ud800', '\\u{d800}'],
])('writes out %s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

it('leaves letters of any script and blanks as they are', () => {
  const text = 'Grüße, Ελλάδα, 日本, 😀';
  expect(printable(text)).toBe(text);
});

it('cuts what is too long and says so', () => {
  expect(printable('abcdef', 3)).toBe('abc…');
  expect(printable('abc', 3)).toBe('abc');
});

it('shows a surrogate pair that the cut has torn as half of one', () => {
  expect(printable('ab😀', 3)).toBe('ab\\u{d83d}…');
});

it('never yields a control character, whatever it is given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});

it('lets the caller choose how such a character is written', () => {
  expect(replaceUnprintable('a\u0000b\u202e', () => '?')).toBe('a?b?');
});
