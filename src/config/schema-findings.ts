/** @module What a schema says against a value, in the words of an operator: no value is ever quoted that holds a secret. */
import type { z } from 'zod';
import { jsonSchemaOf, knownKeys } from './json-schema.ts';
import { isLaterKey, notInThisVersion, refusalOf } from './later.ts';
import type { Finding, Path } from './problem.ts';
import { didYouMean } from './suggestion.ts';

type Issue = z.core.$ZodIssue;

export interface Checked {
  /** What was given to the schema. */
  readonly value: unknown;
  /** Where it stands in the file. */
  readonly at: Path;
  holdsSecret(path: Path): boolean;
}

/** The value at a path below another; `undefined` where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) {
      return undefined;
    }
    current = Reflect.get(current, part);
  }
  return current;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a table of names and values',
  record: 'a table of names and values',
  array: 'a list',
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) {
    return 'a list';
  }
  return value === null ? 'empty' : (kinds[typeof value] ?? typeof value);
}

function sizeMessage(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>): string {
  const [word, bound] = issue.code === 'too_big' ? ['at most', issue.maximum] : ['at least', issue.minimum];
  switch (issue.origin) {
    case 'string':
      return `must have ${word} ${bound} characters`;
    case 'array':
    case 'set':
    case 'map':
      return `must have ${word} ${bound} entries`;
    default:
      return `must be ${word} ${bound}`;
  }
}

/** zod's own texts begin with a capital, ours do not: a schema's author chose ours. */
const isChosen = (message: string) => /^[a-z]/.test(message);

function issueMessage(issue: Issue, value: unknown, secret: boolean): string {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) {
        return 'is missing';
      }
      return `must be ${kinds[issue.expected] ?? issue.expected}, ${value === null ? 'and is empty' : `not ${kindOf(value)}`}`;
    case 'too_big':
    case 'too_small':
      return isChosen(issue.message) ? issue.message : sizeMessage(issue);
    case 'invalid_value': {
      if (value === undefined) {
        return 'is missing';
      }
      const allowed = issue.values.map(String);
      const written = typeof value === 'string' && !secret ? value : '';
      return `must be ${allowed.length === 1 ? '' : 'one of '}${allowed.join(', ')}${didYouMean(written, allowed)}`;
    }
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_key':
      return issue.issues.map((inner) => inner.message).join('; ');
    case 'invalid_union':
      return value === undefined ? 'is missing' : 'has none of the forms that are allowed here';
    default:
      return secret ? 'is not valid (its value comes from a secret)' : issue.message;
  }
}

function unknownKeys(
  issue: Extract<Issue, { code: 'unrecognized_keys' }>,
  known: readonly string[],
  at: Path,
): Finding[] {
  return issue.keys.map((key) => {
    const path = [...at, key];
    if (isLaterKey(at, key)) {
      return { path, atKey: true, later: true, message: notInThisVersion };
    }
    const refusal = refusalOf(at, key);
    if (refusal !== undefined) return { path, atKey: true, message: refusal };
    const list = known.length > 0 && known.length <= 12 ? ` (known here: ${known.join(', ')})` : '';
    return { path, atKey: true, message: `unknown name${didYouMean(key, known) || list}` };
  });
}

const pathOf = (issue: Issue): Path => issue.path.map((part) => (typeof part === 'number' ? part : String(part)));

/** Everything that a failed parse complains about. */
export function schemaFindings(schema: z.ZodType, issues: readonly Issue[], checked: Checked): readonly Finding[] {
  const strange = issues.some(({ code }) => code === 'unrecognized_keys');
  const root = strange ? jsonSchemaOf(schema) : {};
  return issues.flatMap((issue): readonly Finding[] => {
    const inside = pathOf(issue);
    const path = [...checked.at, ...inside];
    if (issue.code === 'unrecognized_keys') {
      return unknownKeys(issue, knownKeys(root, inside), path);
    }
    const message = issueMessage(issue, valueAt(checked.value, inside), checked.holdsSecret(path));
    return [{ path, message, atKey: issue.code === 'invalid_key' }];
  });
}

/**
 * Numbers and truth values that a secret supplied arrive as text (`ports: { http: '${env:PORT}' }`). Where the schema asked for a
 * number or a truth value and the text is one, the value is put in place; true when anything changed.
 */
export function convertSecretScalars(issues: readonly Issue[], checked: Checked): boolean {
  let changed = false;
  for (const issue of issues) {
    const path = pathOf(issue);
    const value = valueAt(checked.value, path);
    const parent = valueAt(checked.value, path.slice(0, -1));
    const last = path.at(-1);
    if (issue.code !== 'invalid_type' || typeof value !== 'string' || last === undefined) {
      continue;
    }
    const isNumber = ['number', 'int'].includes(issue.expected) && /^-?\d{1,15}$/.test(value);
    const isBoolean = issue.expected === 'boolean' && /^(?:true|false)$/.test(value);
    if (
      (isNumber || isBoolean) &&
      checked.holdsSecret([...checked.at, ...path]) &&
      typeof parent === 'object' &&
      parent !== null
    ) {
      Reflect.set(parent, last, isNumber ? Number(value) : value === 'true');
      changed = true;
    }
  }
  return changed;
}
