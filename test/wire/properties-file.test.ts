/** @module The Java .properties format, row by row of java.util.Properties.load, and changes in place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import {
  buildProperty,
  maxPropertyLength,
  maxPropertyLines,
  parseProperties,
  propertiesByKey,
  replaceLines,
} from '../../src/wire/properties-file.ts';

const read = (text: string) => Object.fromEntries(propertiesByKey(parseProperties(text)));

describe('parseProperties', () => {
  it.each([
    ['an equals sign', 'a=b', { a: 'b' }],
    ['a colon', 'a:b', { a: 'b' }],
    ['a blank', 'a b', { a: 'b' }],
    ['blanks around the separator', ' a \t=\f b', { a: 'b' }],
    ['one separator only', 'a==b', { a: '=b' }],
    ['trailing blanks, which stay', 'a=b ', { a: 'b ' }],
    ['a key alone', 'a', { a: '' }],
    ['an empty key', '=b', { '': 'b' }],
    ['escaped separators in a key', 'a\\=\\:\\ b=c', { 'a=: b': 'c' }],
    ['both kinds of comment', '#a=b\n !c=d\ne=f', { e: 'f' }],
    ['a comment that ends in a backslash', '#a\\\nb=c', { b: 'c' }],
    ['a continued line', 'a=b\\\n   c', { a: 'bc' }],
    ['a continuation that looks like a comment', 'a=b\\\n#c', { a: 'b#c' }],
    ['a blank line after a continuation', 'a=b\\\n\nc=d', { a: 'b', c: 'd' }],
    ['an even number of backslashes', 'a=b\\\\\nc=d', { a: 'b\\', c: 'd' }],
    ['a backslash at the end of the file', 'a=b\\', { a: 'b' }],
    ['every line end', 'a=1\rb=2\r\nc=3\n', { a: '1', b: '2', c: '3' }],
    ['named escapes', 'a=\\t\\n\\r\\f\\x\\\\', { a: '\t\n\r\fx\\' }],
    ['\\u escapes', 'ř\\u0159=\\uD83D\\ude00', { řř: '😀' }],
    ['a repeated key, of which the last counts', 'a=1\na=2', { a: '2' }],
    ['a key like a member of Object.prototype', '__proto__=x', JSON.parse('{"__proto__":"x"}')],
  ])('reads %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each(['\\u12', '\\u', '\\uzzzz', 'x\\u123g'])('refuses the escape %j and names the line', (written) => {
    expect(() => parseProperties(`a=b\nc=${written}`)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', facts: { line: 2 } }),
    );
  });

  it('refuses too many lines and too long an entry', () => {
    expect(() => parseProperties('\n'.repeat(maxPropertyLines))).toThrow(GatehouseError);
    expect(() => parseProperties(`a=${'x'.repeat(maxPropertyLength)}`)).toThrow(GatehouseError);
    expect(() => parseProperties('ab\\\n'.repeat(maxPropertyLength / 2))).toThrow(GatehouseError);
  });

  it('reads any text, or refuses it by name', () => {
    const text = fc.array(fc.constantFrom('\\', '\n', '\r', '#', '!', '=', ':', ' ', 'u', '0', 'a', 'ř', '\u0000'));
    fc.assert(
      fc.property(text, (characters) => {
        try {
          parseProperties(characters.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(GatehouseError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(fc.constantFrom('\\', '\n', ' ', '=', ':', '#', '!', '\t', 'a', '\ud800')).map((parts) => parts.join('')),
);

describe('buildProperty', () => {
  it('writes what reads as the same key and value', () => {
    fc.assert(
      fc.property(anyText, anyText, (key, value) => {
        const line = buildProperty(key, value);
        expect(line).not.toMatch(/[\r\n]/);
        expect(read(line)).toEqual(Object.fromEntries([[key, value]]));
      }),
      { numRuns: 1000 },
    );
  });

  it('escapes in keys what JBoss escapes, and leaves letters alone', () => {
    expect(buildProperty('a=b\\ř', 'x=y')).toBe('a\\=b\\\\ř=x=y');
  });
});

/** One entry added or changed, as the writers of such files do. */
function setProperty(text: string, key: string, value: string): string {
  const file = parseProperties(text);
  const spans = file.entries.filter((entry) => entry.key === key);
  return replaceLines(text, file, spans, buildProperty(key, value));
}

describe('replaceLines', () => {
  it('changes one entry and keeps comments, order and all other lines', () => {
    const text = '# head\na = 1\n\n! note\nb=2\\\n  3\nc=4\n';
    expect(setProperty(text, 'b', 'new')).toBe('# head\na = 1\n\n! note\nb=new\nc=4\n');
  });

  it('leaves one line of a key that was there twice', () => {
    expect(setProperty('a=1\nb=2\na=3\n', 'a', '4')).toBe('b=2\na=4\n');
  });

  it('adds a new entry at the end, with the line ends of the file', () => {
    expect(setProperty('a=1\r\n', 'b', '2')).toBe('a=1\r\nb=2\r\n');
    expect(setProperty('', 'b', '2')).toBe('b=2\n');
  });

  it('leaves every other entry as it was, whatever the file', () => {
    const line = fc.constantFrom('a=1', '#c', '', 'b=2\\', '  x', 'c=\\', '\\', '\\\\', 'k : v', '! n\\', ' ');
    const file = fc.tuple(fc.array(line), fc.constantFrom('', '\n')).map(([lines, end]) => lines.join('\n') + end);
    fc.assert(
      fc.property(file, fc.constantFrom('a', 'b', 'new', '#c'), anyText, (text, key, value) => {
        const changed = setProperty(text, key, value);
        const expected = new Map(propertiesByKey(parseProperties(text))).set(key, value);
        expect(Object.fromEntries(propertiesByKey(parseProperties(changed)))).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 1000 },
    );
  });
});
