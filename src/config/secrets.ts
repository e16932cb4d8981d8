/** @module Secrets in values: `${env:…}`, `${file:…}`, `${command:…}` and `${VAULT::…}` filled in, and which values came from one remembered. */
import { isVaultReference, parseVaultReference, type VaultName, vaultReference } from '../spi/vault-reference.ts';
import type { Finding, Path } from './problem.ts';

/** What reading a secret gave. `problem` says why it could not be read, without its contents. */
export type SecretAnswer = { readonly text: string } | { readonly problem: string };

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Relative to the configuration folder. */
  readSecretFile(path: string): SecretAnswer;
  /** The vault, opened. Without it every reference to it is a problem; so it is with `readSecretCommand`. */
  readVault?(name: VaultName): SecretAnswer;
  /** What the program of this name has printed. */
  readSecretCommand?(name: string): SecretAnswer;
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
const advice = `write \${env:NAME}, \${file:path}, \${command:name} or \${VAULT::block::attribute::1}, or $\${ for the two characters themselves`;
/** Longer than any expression of ours; what is quoted has to fit on a line. */
const maxQuoted = 200;

function readExpression(inside: string | undefined, sources: SecretSources): SecretAnswer {
  if (inside === undefined) {
    return { problem: `"\${" is not closed; ${advice}` };
  }
  if (isVaultReference(inside)) {
    return readVaultReference(inside, sources);
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
    case 'command': {
      const answer = sources.readSecretCommand?.(argument) ?? { problem: 'commands cannot be asked here' };
      return 'problem' in answer ? { problem: `the command "${argument}" gave no secret: ${answer.problem}` } : answer;
    }
    default:
      return { problem: `"\${${inside.slice(0, maxQuoted)}}" is not known; ${advice}` };
  }
}

function readVaultReference(reference: string, sources: SecretSources): SecretAnswer {
  const name = parseVaultReference(reference);
  if (name === undefined) {
    const quoted = reference.slice(0, maxQuoted);
    return { problem: `"${quoted}" is not a reference to the vault; write \${VAULT::block::attribute::1}` };
  }
  return sources.readVault?.(name) ?? { problem: 'the vault cannot be asked here' };
}

/** JBoss takes a reference without `${…}` in the options of its modules (jboss-facts §9). */
const takesBareReferences = (path: Path) => path.includes('module-options');

/** Keys are left as they are: a name is never a secret. */
export function fillSecrets(root: unknown, sources: SecretSources): FilledValues {
  const findings: Finding[] = [];
  const holders = new Set<string>();

  /** `undefined` after the problem has been noted. */
  function take(answer: SecretAnswer, path: Path): string | undefined {
    if ('problem' in answer) {
      findings.push({ path, message: answer.problem });
      return undefined;
    }
    for (let length = 0; length <= path.length; length += 1) {
      holders.add(JSON.stringify(path.slice(0, length)));
    }
    return answer.text;
  }

  function fillText(written: string, path: Path): string {
    if (isVaultReference(written)) {
      if (takesBareReferences(path)) {
        return take(readVaultReference(written, sources), path) ?? written;
      }
      const name = parseVaultReference(written);
      if (name !== undefined) {
        findings.push({ path, message: `is a reference to the vault; write ${vaultReference(name)}` });
      }
      return written;
    }
    return written.replace(expression, (match: string, inside: string | undefined) =>
      match === '$${' ? '${' : (take(readExpression(inside, sources), path) ?? match),
    );
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

/** Every text in a value, however deep. */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
