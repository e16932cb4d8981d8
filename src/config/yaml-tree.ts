/** @module YAML text to plain values with the place of each: within limits, and every syntax problem at once. */
import { Composer, type CST, type Document, LineCounter, Parser } from 'yaml';
import type { Path, Position } from './problem.ts';
import { convertNode, maxDepth } from './yaml-values.ts';

/** A thousand applications fit into a quarter of it. */
export const maxYamlBytes = 1024 * 1024;
/** A parser's message may quote the text that it choked on. */
const maxMessageCharacters = 200;

/** A problem that is known by its place in the text rather than by a path. */
export interface SyntaxProblem extends Position {
  readonly path: Path;
  readonly message: string;
}

export interface YamlTree {
  readonly value: unknown;
  /** True: the text could not be understood, so that what `value` holds says nothing. */
  readonly broken: boolean;
  readonly problems: readonly SyntaxProblem[];
  /** The place of a value, or of its key; of the nearest thing around it where it does not exist. */
  position(path: Path, atKey?: boolean): Position;
}

const start: Position = { line: 1, column: 1 };

function refused(problems: readonly SyntaxProblem[]): YamlTree {
  return { value: undefined, broken: true, problems, position: () => start };
}

function positionIn(text: string, index: number): Position {
  const before = text.slice(0, index);
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}

/** NUL, C0, DEL, C1 and lone surrogates (YAML 1.2 §5.1), and a byte-order mark that is not at the start. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]|(?<!^)\ufeff|\p{Cs}/u;

/** How deep collections nest, without recursion: the composer recurses, and a file of `[[[[` must not end the process. */
function nesting(tokens: readonly CST.Token[]): number {
  let deepest = 0;
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    deepest = Math.max(deepest, depth);
    if (token.type === 'document' && token.value !== undefined) {
      open.push({ token: token.value, depth });
    }
    if ('items' in token) {
      for (const { key, value } of token.items) {
        for (const child of [key, value]) {
          if (child) {
            open.push({ token: child, depth: depth + 1 });
          }
        }
      }
    }
  }
  return deepest;
}

function oneLine(message: string): string {
  const flat = message.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return flat.length > maxMessageCharacters ? `${flat.slice(0, maxMessageCharacters)}…` : flat;
}

function compose(tokens: readonly CST.Token[], length: number): readonly Document.Parsed[] {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...composer.compose(tokens, true, length)];
}

export function parseYamlTree(text: string): YamlTree {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxYamlBytes) {
    return refused([{ ...start, path: [], message: `the file has ${bytes} bytes; at most ${maxYamlBytes} are read` }]);
  }
  const bad = forbidden.exec(text);
  if (bad !== null) {
    const number = (bad[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return refused([{ ...positionIn(text, bad.index), path: [], message: `the character U+${number} is not allowed` }]);
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (nesting(tokens) > maxDepth) {
    return refused([{ ...start, path: [], message: `values are nested more than ${maxDepth} deep` }]);
  }
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [document, second] = compose(tokens, text.length);
  if (document === undefined) {
    return refused([]);
  }
  const faults = [...document.errors, ...document.warnings.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED')];
  const problems: SyntaxProblem[] = faults.map((fault) => ({
    ...at(fault.pos[0]),
    path: [],
    message: oneLine(fault.message),
  }));
  if (second !== undefined) {
    problems.push({ ...at(second.range[0]), path: [], message: 'the file holds more than one document' });
  }
  const { value, findings, offsets } = convertNode(document.contents);
  return {
    value,
    broken: problems.length > 0,
    problems: [...problems, ...findings.map(({ path, message, offset }) => ({ ...at(offset), path, message }))],
    position: (path, atKey = false) => at(offsets.find(path, atKey)),
  };
}
