/** @module The rules about files that no other tool holds: their length, and the sentence that says what each owns. */
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

/** One line a problem; empty when every file keeps the rules. */
export function fileProblems(root: string): readonly string[] {
  return FOLDERS.flatMap((folder) => sourceFiles(root, folder)).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    return [
      ...(lines > MAX_LINES ? [`${file}: ${lines} lines, more than ${MAX_LINES}`] : []),
      ...(OPENING.test(text) ? [] : [`${file}: does not open with a /** @module … */ sentence`]),
    ];
  });
}
