/** @module A problem of a configuration: what is wrong, where, in words that an operator can act on. Never a secret. */
import type { ErrorCode } from '../spi/errors.ts';
import { printable } from '../spi/printable.ts';

export type Path = readonly (string | number)[];

/** From 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Position {
  readonly code: Extract<ErrorCode, 'ERR_CONFIG_INVALID' | 'ERR_NOT_IN_THIS_VERSION'>;
  readonly file: string;
  /** `security-domains.other.authentication[0].code`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** What the steps of the loader find, before file and line are known. */
export interface Finding {
  readonly path: Path;
  /** Point at the key instead of the value: for keys that should not be there. */
  readonly atKey?: boolean;
  readonly message: string;
  readonly later?: boolean;
}

/** Nobody corrects more at once; a broken generator can make a million. */
export const maxProblems = 200;

/** Longer than any name or text of ours; a key may have a megabyte. */
const maxPrinted = 500;

export function formatPath(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}

/** One line a problem: `gatehouse.yaml:12:5  security-domains.other…  unknown login module "UserRoles"; did you mean "UsersRoles"?` */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems
    .slice(0, maxProblems)
    .map(({ file, line, column, path, message }) =>
      [`${file}:${line}:${column}`, ...(path === '' ? [] : [path]), message]
        .map((part) => printable(part, maxPrinted))
        .join('  '),
    );
  const more = problems.length - lines.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more problems`] : [])].join('\n');
}

/** In the order of the file, without repetition. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return [...problems]
    .sort((a, b) => a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : 1))
    .filter((problem) => {
      const key = `${problem.line}:${problem.column}:${problem.path}:${problem.message}`;
      return !seen.has(key) && seen.add(key);
    });
}
