/** @module The rules about files that no other tool holds: their length, the sentence that says what each owns, and that no merge was left half done. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A longer file has two subjects (`CONTRIBUTING.md`, Files). */
export const MAX_LINES = 250;
const FOLDERS = ['src', 'login-modules', 'realms', 'samples', 'examples', 'scripts', 'bench'];
const SOURCE_FILE = /\.(ts|mjs|cjs)$/;
/** The sentence may stand on the first line or begin a block comment. */
const OPENING = /^\/\*\*(?: |\n \* )@module \S/;

/** Every source file below `folder`, relative to `root`, sorted; empty when there is no such folder. */
export function sourceFiles(root: string, folder: string): readonly string[] {
  const entries = readdirSync(root, { withFileTypes: true }).some((entry) => entry.name === folder)
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    : [];
  return entries
    .filter((entry) => entry.isFile() && SOURCE_FILE.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

const WRITTEN_FOLDERS = [...FOLDERS, 'docs', 'deploy', 'test'];
const WRITTEN_FILE = /\.(md|ts|mjs|cjs|yaml|yml|json|sh|sql|properties|xml)$/;
/** What git leaves of two sides that it could not put together. The line between them is also a heading of Markdown. */
const MERGE_MARK = /^(?:<{7}|>{7}) /m;

/** Every file that somebody writes and in which a merge was left half done; relative to `root`. */
function unfinishedMerges(root: string): readonly string[] {
  const entries = readdirSync(root, { withFileTypes: true });
  const below = entries
    .filter((entry) => entry.isDirectory() && WRITTEN_FOLDERS.includes(entry.name))
    .flatMap((entry) => readdirSync(join(root, entry.name), { recursive: true, withFileTypes: true }));
  return [...entries, ...below]
    .filter((entry) => entry.isFile() && WRITTEN_FILE.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => MERGE_MARK.test(readFileSync(join(root, file), 'utf8')))
    .sort();
}

/** One line a problem; empty when every file keeps the rules. */
export function fileProblems(root: string): readonly string[] {
  const merges = unfinishedMerges(root).map((file) => `${file}: holds the marks of a merge`);
  const sources = FOLDERS.flatMap((folder) => sourceFiles(root, folder)).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    return [
      ...(lines > MAX_LINES ? [`${file}: ${lines} lines, more than ${MAX_LINES}`] : []),
      ...(OPENING.test(text) ? [] : [`${file}: does not open with a /** @module … */ sentence`]),
    ];
  });
  return [...merges, ...sources];
}
