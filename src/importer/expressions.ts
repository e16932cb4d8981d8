/** @module JBoss's `${…}` in values: properties, defaults, environment, vault references, made into what `gatehouse.yaml` understands. */
import { parseVaultReference, type VaultName, vaultReference } from '../spi/vault-reference.ts';

export interface Expanded {
  /** For `gatehouse.yaml`: references stay references, and `${` that means itself is escaped. */
  readonly written: string;
  /** What it is now; absent where an environment variable or the vault knows it. */
  readonly plain?: string;
  readonly remarks: readonly string[];
  /** Properties that nobody has given. The value cannot be kept. */
  readonly missing: readonly string[];
  /** What has to be there when the server starts: `environment variable X`, `vault entry block attribute`. */
  readonly needs: readonly string[];
}

export interface ExpressionSources {
  /** System properties: of the file, and given with the command. */
  readonly properties: ReadonlyMap<string, string>;
}

/** A default may hold an expression, which may have a default. */
const maxNesting = 8;
const environmentName = /^[A-Za-z_][A-Za-z0-9_]*$/;

interface Result {
  /** Text that means itself, and references, in turn. */
  readonly pieces: { readonly text: string; readonly isReference: boolean }[];
  plain: string | undefined;
  readonly remarks: string[];
  readonly missing: string[];
  readonly needs: string[];
}

/** Every text has an expansion; what could not be expanded is in `missing`. */
export function expandExpressions(text: string, sources: ExpressionSources): Expanded {
  const result: Result = { pieces: [], plain: '', remarks: [], missing: [], needs: [] };
  const bare = parseVaultReference(text);
  if (bare !== undefined) readVault(bare, result);
  else expandInto(text, result, sources, 0);
  const { plain, pieces, ...others } = result;
  const answer = { ...others, written: writtenOf(pieces, result.missing) };
  return plain === undefined ? answer : { ...answer, plain };
}

/** Text of which nothing is a reference. A function, because `$$` in a replacement text would be one dollar sign. */
export function escapeReferences(text: string): string {
  return text.replaceAll('${', () => '$${');
}

/** Escaped once it is whole: a dollar sign and a brace may come from different pieces. */
function writtenOf(pieces: Result['pieces'], missing: string[]): string {
  let written = '';
  let literal = '';
  for (const { text, isReference } of pieces) {
    if (!isReference) {
      literal += text;
      continue;
    }
    // "$" and a reference after it would be read as an escaped brace.
    if (literal.endsWith('$')) missing.push('(a dollar sign before a reference)');
    written += escapeReferences(literal) + text;
    literal = '';
  }
  return written + escapeReferences(literal);
}

function expandInto(text: string, result: Result, sources: ExpressionSources, depth: number): void {
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    const end = dollar < 0 ? text.length : dollar;
    append(result, text.slice(at, end));
    if (dollar < 0) return;
    if (text.startsWith('$$', dollar)) {
      append(result, '$');
      at = dollar + 2;
    } else if (text.startsWith('${', dollar)) {
      const close = closingBrace(text, dollar + 2);
      if (close < 0) {
        result.missing.push(text.slice(dollar + 2, dollar + 66));
        return;
      }
      readExpression(text.slice(dollar + 2, close), result, sources, depth);
      at = close + 1;
    } else {
      append(result, '$');
      at = dollar + 1;
    }
  }
}

function append(result: Result, literal: string): void {
  result.pieces.push({ text: literal, isReference: false });
  if (result.plain !== undefined) result.plain += literal;
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('${', at)) depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function readVault(name: VaultName, result: Result): void {
  result.pieces.push({ text: vaultReference(name), isReference: true });
  result.plain = undefined;
  result.needs.push(`vault entry ${name.block} ${name.attribute}`);
}

function readExpression(inside: string, result: Result, sources: ExpressionSources, depth: number): void {
  const vault = parseVaultReference(inside);
  if (vault !== undefined) {
    readVault(vault, result);
    return;
  }
  const colon = inside.indexOf(':');
  const names = (colon < 0 ? inside : inside.slice(0, colon)).split(',').map((name) => name.trim());
  const known = names.flatMap((name) => sources.properties.get(name) ?? []).at(0);
  if (known !== undefined) {
    append(result, known);
    return;
  }
  const [name = ''] = names;
  const variable = name.startsWith('env.') ? name.slice('env.'.length) : undefined;
  if (colon >= 0 && depth < maxNesting) {
    result.remarks.push(
      variable === undefined
        ? `property ${name} is not given: its default is written`
        : `environment variable ${variable}: its default is written, and the variable no longer counts`,
    );
    expandInto(inside.slice(colon + 1), result, sources, depth + 1);
  } else if (variable !== undefined && environmentName.test(variable)) {
    result.pieces.push({ text: `\${env:${variable}}`, isReference: true });
    result.plain = undefined;
    result.needs.push(`environment variable ${variable}`);
  } else {
    result.missing.push(name);
  }
}
