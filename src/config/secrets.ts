/** @module Secrets in values: `${env:NAME}` and `${file:path}` filled in, and which values came from one remembered. */
import type { Finding, Path } from './problem.ts';

/** What reading a secret from a file gave. `problem` says why it could not be read, without its contents. */
export type SecretFile = { readonly text: string } | { readonly problem: string };

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Relative to the configuration folder. */
  readSecretFile(path: string): SecretFile;
}

export interface FilledValues {
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** True when the value at the path, or one below it, holds a secret: then nothing of it may be quoted. */
  holdsSecret(path: Path): boolean;
}

/** `$${` writes `${`. */
const expression = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const advice = `write \${env:NAME} or \${file:path}, or $\${ for the two characters themselves`;

type Answer = { readonly text: string } | { readonly problem: string; readonly later?: true };

function readExpression(inside: string | undefined, sources: SecretSources): Answer {
  if (inside === undefined) {
    return { problem: `"\${" is not closed; ${advice}` };
  }
  if (/^vault::/i.test(inside)) {
    return { problem: 'vault references are not in this version', later: true };
  }
  const colon = inside.indexOf(':');
  const argument = inside.slice(colon + 1);
  switch (inside.slice(0, Math.max(0, colon))) {
    case 'env': {
      if (!variableName.test(argument)) {
        return { problem: `"${argument}" is not the name of an environment variable` };
      }
      const text = Object.hasOwn(sources.environment, argument) ? sources.environment[argument] : undefined;
      return text === undefined ? { problem: `the environment variable ${argument} is not set` } : { text };
    }
    case 'file': {
      const answer = argument === '' ? { problem: 'no path' } : sources.readSecretFile(argument);
      return 'problem' in answer
        ? { problem: `the secret file "${argument}" cannot be used: ${answer.problem}` }
        : { text: answer.text.replace(/\r?\n$/, '') };
    }
    default:
      return { problem: `"\${${inside}}" is not known; ${advice}` };
  }
}

/** Keys are left as they are: a name is never a secret. */
export function fillSecrets(root: unknown, sources: SecretSources): FilledValues {
  const findings: Finding[] = [];
  const holders = new Set<string>();

  function fillText(written: string, path: Path): string {
    return written.replace(expression, (match: string, inside: string | undefined) => {
      if (match === '$${') {
        return '${';
      }
      const answer = readExpression(inside, sources);
      if ('problem' in answer) {
        findings.push({ path, message: answer.problem, later: answer.later === true });
        return match;
      }
      for (let length = 0; length <= path.length; length += 1) {
        holders.add(JSON.stringify(path.slice(0, length)));
      }
      return answer.text;
    });
  }

  function fill(value: unknown, path: Path): unknown {
    if (typeof value === 'string') {
      return fillText(value, path);
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => fill(item, [...path, index]));
    }
    if (typeof value === 'object' && value !== null) {
      const result: Record<string, unknown> = Object.create(null);
      for (const [key, item] of Object.entries(value)) {
        result[key] = fill(item, [...path, key]);
      }
      return result;
    }
    return value;
  }

  return { value: fill(root, []), findings, holdsSecret: (path) => holders.has(JSON.stringify(path)) };
}
