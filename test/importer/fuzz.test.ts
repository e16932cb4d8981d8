/** @module Damaged configurations of JBoss: each gives a report or a fault that says where, and never anything else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { nodesOf } from '../../src/importer/ledger.ts';
import { buildReport, printReport } from '../../src/importer/report.ts';
import { readSource } from '../../src/importer/source.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { catalog } from '../support/whole-catalog.ts';
import { corpus, corpusText, importText, properties } from './corpus.ts';

const texts = corpus.map(([name, file, profile]) => ({ text: corpusText(name, file), file, profile }));

type Mutation = (text: string) => string;
const at = (text: string, share: number) => Math.floor(text.length * share);
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** What decides in XML and in our own grammar of expressions. */
const pieces = fc.oneof(
  fc.constantFrom(
    '<',
    '>',
    '&',
    '"',
    "'",
    '${',
    '}',
    '$$',
    'VAULT::a::b::1',
    `\${VAULT::a::b::1}`,
    `\${env.X}`,
    `\${a:\${b:\${c}}}`,
  ),
  fc.constantFrom(
    '&#0;',
    '&#x110000;',
    '&unknown;',
    '<!DOCTYPE a>',
    '<?php?>',
    '<![CDATA[',
    ']]>',
    '--',
    '\0',
    '\ufeff',
    '\ud800',
  ),
  fc.constantFrom(
    'name="other"',
    ' code="RealmDirect"',
    '<login-module code="Simple" flag="required"/>',
    'xmlns=""',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 8 }),
);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(share, pieces).map(
    ([where, piece]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + piece + text.slice(at(text, where)),
  ),
  fc.tuple(share, fc.nat(200)).map(
    ([where, length]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + text.slice(at(text, where) + length),
  ),
  fc.tuple(share, fc.nat(2000), share).map(
    ([from, length, to]): Mutation =>
      (text) => {
        const piece = text.slice(at(text, from), at(text, from) + length);
        return text.slice(0, at(text, to)) + piece + text.slice(at(text, to));
      },
  ),
  // Values of attributes: the XML stays whole, and the import has to understand what it says.
  fc.tuple(share, pieces).map(
    ([where, piece]): Mutation =>
      (text) => {
        const from = text.indexOf('="', at(text, where));
        return from < 0 ? text : text.slice(0, from + 2) + piece.replace(/["<&]/g, '') + text.slice(from + 2);
      },
  ),
  fc.tuple(share, share).map(
    ([where, other]): Mutation =>
      (text) => {
        const lines = text.split('\n');
        const [a, b] = [Math.floor(where * (lines.length - 1)), Math.floor(other * (lines.length - 1))];
        return lines.map((line, index) => (index === a ? lines[b] : index === b ? lines[a] : line)).join('\n');
      },
  ),
);

const damaged = fc
  .tuple(fc.nat(texts.length - 1), fc.array(mutation, { minLength: 1, maxLength: 6 }))
  .map(([index, mutations]) => {
    const chosen = texts[index]!;
    return { ...chosen, text: mutations.reduce((text, mutate) => mutate(text), chosen.text) };
  });

/** What is said against the configuration that comes out, but for variables of the environment that the report asks for. */
function problemsOf(result: ReturnType<typeof importText>): readonly string[] {
  const loaded = loadConfiguration({
    text: result.yaml,
    file: 'gatehouse.yaml',
    catalog,
    environment: {},
    readVault: () => ({ text: 'provided-by-hand' }),
    readSecretFile: (path) => ({ text: result.contents(path) ?? '' }),
  });
  const problems = loaded.status === 'refused' ? loaded.problems : [];
  return problems
    .filter(({ message }) => !/^the environment variable/.test(message))
    .map(({ path, message }) => `${path}: ${message}`);
}

describe('a damaged configuration', () => {
  it('becomes a configuration that is accepted, if it becomes one', () => {
    fc.assert(
      fc.property(damaged, ({ text, file, profile }) => {
        let result: ReturnType<typeof importText>;
        try {
          result = importText(text, { file, profile, properties });
        } catch (error) {
          if (!(error instanceof GatehouseError)) throw error;
          return;
        }
        expect(problemsOf(result)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives a whole report, or a fault with a place', () => {
    fc.assert(
      fc.property(damaged, ({ text, file, profile }) => {
        try {
          const result = importText(text, { file, profile, properties });
          expect(result.entries).toHaveLength(nodesOf(readSource(text, file)).length);
          expect(printReport(buildReport(file, result))).not.toMatch(/(?!\n)\p{Cc}/u);
        } catch (error) {
          if (!(error instanceof GatehouseError)) throw error;
          expect(error.facts).toMatchObject({ file, line: expect.any(Number), column: expect.any(Number) });
        }
      }),
      { numRuns: 400 },
    );
  });
});
