/** @module LDAP filters: what is escaped stays a value, and what is written means what RFC 4515 says. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  escapeFilterBytes,
  escapeFilterValue,
  fillFilter,
  filterTemplateProblem,
  parseFilter,
} from '../../../src/wire/ldap/filter.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const utf8 = (value: string) => Buffer.from(value, 'utf8');

test('any value put into a filter is that value and nothing else', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(parseFilter(fillFilter('(&(uid={0})(objectClass=person))', [value]))).toEqual({
        kind: 'and',
        of: [
          { kind: 'equal', attribute: 'uid', value: utf8(value) },
          { kind: 'equal', attribute: 'objectClass', value: utf8('person') },
        ],
      });
    }),
  );
});

test('any bytes put into a filter are those bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const filter = parseFilter(`(objectSid=${escapeFilterBytes(bytes)})`);
      expect(filter).toEqual({ kind: 'equal', attribute: 'objectSid', value: Buffer.from(bytes) });
    }),
  );
});

test('a value that looks like a place is not filled', () => {
  expect(fillFilter('(|(a={0})(b={1}))', ['{1}', 'x'])).toBe('(|(a={1})(b=x))');
});

test('reading a filter ends for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'()&|!=*<>~:\\ab0 {}'), maxLength: 60 }), (written) => {
      expect(['string', 'undefined']).toContain(typeof filterTemplateProblem(written, 2));
    }),
    { numRuns: 1000 },
  );
});

describe('a filter', () => {
  it.each([
    ['(uid=a)', { kind: 'equal', attribute: 'uid', value: utf8('a') }],
    ['uid=a', { kind: 'equal', attribute: 'uid', value: utf8('a') }],
    ['(uid=*)', { kind: 'present', attribute: 'uid' }],
    ['(uid=a*b*)', { kind: 'substring', attribute: 'uid', parts: ['a', 'b', ''].map(utf8) }],
    ['(uid=\\2a)', { kind: 'equal', attribute: 'uid', value: utf8('*') }],
    ['(cn;lang-de=Zo\\c3\\ab)', { kind: 'equal', attribute: 'cn;lang-de', value: utf8('Zoë') }],
    ['(1.2.3>=5)', { kind: 'at-least', attribute: '1.2.3', value: utf8('5') }],
    ['(a<=5)', { kind: 'at-most', attribute: 'a', value: utf8('5') }],
    ['(a~=5)', { kind: 'approximate', attribute: 'a', value: utf8('5') }],
    ['(!(a=b))', { kind: 'not', of: { kind: 'equal', attribute: 'a', value: utf8('b') } }],
    [
      '(memberOf:1.2.840.113556.1.4.1941:=x:y)',
      {
        kind: 'matching-rule',
        attribute: 'memberOf',
        rule: '1.2.840.113556.1.4.1941',
        dnAttributes: false,
        value: utf8('x:y'),
      },
    ],
    [
      '(ou:dn:caseExactMatch:=x)',
      { kind: 'matching-rule', attribute: 'ou', rule: 'caseExactMatch', dnAttributes: true, value: utf8('x') },
    ],
    ['(a:dn:=x)', { kind: 'matching-rule', attribute: 'a', rule: undefined, dnAttributes: true, value: utf8('x') }],
  ])('%s means what RFC 4515 says', (written, meant) => {
    expect(parseFilter(written)).toEqual(meant);
  });

  it.each([
    ['', 'nothing'],
    ['(uid=a', 'an open parenthesis'],
    ['(uid=a))', 'one too many'],
    ['(&)', 'an operator without parts'],
    ['(!(a=b)(c=d))', 'two parts of a negation'],
    ['(=a)', 'no attribute'],
    ['(a)', 'no comparison'],
    ['(a=\\zz)', 'an escape that is none'],
    ['(a=b(c)', 'a parenthesis in a value'],
    ['(a>=*)', 'an asterisk in a comparison'],
    ['(:=x)', 'no rule and no attribute'],
    ['(a:x:y:=z)', 'two rules'],
    [`${'(!'.repeat(40)}(a=b)${')'.repeat(40)}`, 'too deep a nesting'],
  ])('%s is refused: %s', (written) => {
    expect(() => parseFilter(written)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
  });

  it('that is longer than any is refused', () => {
    const long = `(a=${'x'.repeat(40_000)})`;
    expect(() => parseFilter(long)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
  });

  it('that names a place which nothing fills is a problem', () => {
    expect([filterTemplateProblem('(a={1})', 1), filterTemplateProblem('(a={1})', 2)]).toEqual([
      '{1} stands for nothing here',
      undefined,
    ]);
  });
});

test('only what is syntax is escaped', () => {
  expect(escapeFilterValue('a*(b)\\c\0 Zoë')).toBe('a\\2a\\28b\\29\\5cc\\00 Zoë');
});
