import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatProblems } from '../../src/config/problem.ts';
import { maxYamlBytes } from '../../src/config/yaml-tree.ts';
import { complaints, load } from './example-catalog.ts';

it('reports every syntax problem with its place', () => {
  const found = complaints('node: "a\nports: [1, 2\nbind: {\n');
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((line) => /^\d+:\d+ {2}\S/.test(line))).toBe(true);
});

it('reports two syntax problems at once', () => {
  expect(complaints('a: b: c\nd: e: f\n').filter((line) => line.includes('Nested mappings'))).toHaveLength(2);
});

it('refuses a second document', () => {
  expect(complaints('node: a\n---\nnode: b\n')).toEqual(['2:1  the file holds more than one document']);
});

it.each(['!!binary aGFsbG8=', '!!js/function x', '!own x', '!!str x'])('refuses the tag of %s', (value) => {
  expect(complaints(`node: ${value}`)).toContain(
    `1:${value === '' ? 0 : 7 + value.indexOf(' ') + 1} node tags are not allowed`,
  );
});

it('refuses NUL and other control characters with their place', () => {
  expect(complaints('node: a\nx: "\u0000"')).toEqual(['2:5  the character U+0000 is not allowed']);
  expect(complaints('node: \u001b[31m')).toEqual(['1:7  the character U+001B is not allowed']);
  expect(complaints('node: \u0090')).toEqual(['1:7  the character U+0090 is not allowed']);
});

it('refuses control characters that are written as escapes', () => {
  expect(complaints('tls: { certificate: "a\\0b", key: k }')).toEqual([
    '1:21 tls.certificate must not contain control characters',
  ]);
});

it('accepts a byte-order mark at the start', () => expect(complaints('\ufeffnode: a\n')).toEqual([]));

it('accepts Windows line ends', () => expect(complaints('node: a\r\nports:\r\n  http: 0\r\n')).toEqual([]));

it('follows aliases', () => {
  const result = load('bind: { public: &here 127.0.0.2, management: *here }');
  expect(result).toMatchObject({ status: 'loaded', configuration: { bind: { management: '127.0.0.2' } } });
});

it('refuses an alias without an anchor', () => {
  expect(complaints('node: *nobody').join()).toMatch(/nobody/);
});

it('refuses more aliases than anybody needs', () => {
  const text = `trusted-proxies: [ &a 10.0.0.0/8${', *a'.repeat(101)} ]`;
  expect(complaints(text)).toEqual(expect.arrayContaining([expect.stringContaining('more than 100 aliases')]));
});

it('refuses aliases that expand without end', () => {
  const levels = Array.from({ length: 20 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 9)}]`);
  expect(complaints(levels.join('\n')).join('\n')).toMatch(/aliases/);
});

it('refuses an anchor that holds itself', () => {
  expect(complaints('audit: &a [ *a ]').join('\n')).toMatch(/too deep/);
});

it.each(['[', '{', '- ', '? ', '{a: ', '[{'])('refuses a file of %j without overflowing', (part) => {
  expect(complaints(part.repeat(60_000 / part.length))).toEqual(['1:1  values are nested more than 32 deep']);
});

it('refuses a file over a mebibyte before it is parsed', () => {
  const text = `# ${'x'.repeat(maxYamlBytes)}`;
  expect(complaints(text)).toEqual([`1:1  the file has ${maxYamlBytes + 2} bytes; at most ${maxYamlBytes} are read`]);
});

it('measures the file in bytes', () => {
  expect(complaints(`# ${'ü'.repeat(maxYamlBytes / 2)}`)).toHaveLength(1);
});

it.each(['{ [a]: b }', '{ {a: b}: c }', ': x', '__proto__: { node: x }'])('refuses the key in %j', (text) => {
  expect(complaints(text).join('\n')).toContain('a key must be a plain name');
});

it('reads a number that stands as a key as it is written', () => {
  const result = load('security-domains: { 1.10: { authentication: [ { code: Remoting, flag: required } ] } }');
  expect(result).toMatchObject({ configuration: { securityDomains: [{ name: '1.10' }] } });
});

it.each(['[]', 'text', '7', 'null', '~'])('%j alone is no configuration, or an empty one', (text) => {
  const empty = ['null', '~'].includes(text);
  expect(complaints(text)).toEqual(empty ? [] : [expect.stringMatching(/must be a table of names and values/)]);
});

it('prints no more than two hundred problems and how many are left', () => {
  const result = load(Array.from({ length: 300 }, (_, i) => `zz${i}: 1`).join('\n'));
  const lines = result.status === 'refused' ? formatProblems(result.problems).split('\n') : [];
  expect(lines).toHaveLength(201);
  expect(lines.at(-1)).toBe('… and 100 more problems');
});

const pieces = fc.constantFrom(
  ...[
    'node',
    'security-domains',
    'authentication',
    'code',
    'UsersRoles',
    'flag',
    'required',
    'module-options',
    'saml-idp',
  ],
  ...[
    'applications',
    'constraints',
    'path',
    'audit',
    'ports',
    '8080',
    'true',
    'null',
    '.inf',
    '0x1F',
    '1e999',
    '-',
    ': ',
    ',',
    '{',
    '}',
  ],
  ...[
    '[',
    ']',
    '\n',
    '\n  ',
    '\n    - ',
    '&a ',
    '*a',
    '!!map ',
    '"',
    "'",
    '|',
    '>',
    '#',
    '? ',
    '---\n',
    `\${env:X}`,
    `\${file:y}`,
    '%YAML 1.2\n',
  ],
  ...['__proto__', 'constructor', '<<', '\t', '\u00a0', '\u2028', '😀', '\ud800'],
);

function understood(text: string): void {
  const result = load(text, { environment: { X: 'x' } });
  if (result.status === 'refused') {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const { line, column } of result.problems) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length + 1);
    }
    expect(formatProblems(result.problems)).not.toMatch(/\p{Cc}(?<!\n)/u);
  } else {
    expect(result.configuration.node).not.toBe('');
  }
}

it('answers with a configuration or with problems for any text of YAML pieces', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => understood(parts.join(''))),
    { numRuns: 500 },
  );
});

it('answers for any text at all', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), understood), { numRuns: 300 });
});

it('answers for large texts of up to 64 KiB', () => {
  const large = fc
    .tuple(fc.array(pieces, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 65_536 }))
    .map(([parts, length]) =>
      parts
        .join('')
        .repeat(Math.ceil(length / parts.join('').length))
        .slice(0, length),
    );
  fc.assert(fc.property(large, understood), { numRuns: 25 });
});
