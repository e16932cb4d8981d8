/** @module Where the vault's keys come from: a private file, an environment variable, or a program. */
import { GatehouseError } from '../../spi/errors.ts';
import { formatVaultKeys, parseVaultKeys, type VaultKey } from '../../wire/vault/keys.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { runSecretCommand, type SecretCommand } from '../secret-command.ts';
import { isSystemError } from '../system-error.ts';

export type VaultKeySource =
  /** Absolute. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly name: string }
  | ({ readonly kind: 'command' } & SecretCommand);

/** Eight keys and their line feeds fit many times. */
const maxKeyFileBytes = 4096;

function unusable(source: VaultKeySource, problem: string): GatehouseError {
  return new GatehouseError('ERR_VAULT_KEY', 'the key of the vault cannot be used', {
    facts: { key: describeKeySource(source), problem },
  });
}

export function describeKeySource(source: VaultKeySource): string {
  switch (source.kind) {
    case 'file':
      return `file ${source.path}`;
    case 'environment':
      return `environment variable ${source.name}`;
    case 'command':
      return `command ${source.argv[0] ?? ''}`;
  }
}

/** The keys as text; `undefined` when a key file is not there yet. @throws ERR_VAULT_KEY */
async function textOf(
  source: VaultKeySource,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  switch (source.kind) {
    case 'file': {
      const reading = await readPrivateFile(source.path, maxKeyFileBytes);
      if (reading.status === 'refused') throw unusable(source, reading.problem);
      return reading.status === 'missing' ? undefined : reading.text;
    }
    case 'environment': {
      const text = environment[source.name];
      if (text === undefined) throw unusable(source, 'it is not set');
      return text;
    }
    case 'command': {
      const answer = await runSecretCommand(source);
      if (answer.status === 'answered') return answer.text.reveal();
      throw unusable(source, `${answer.problem}; run it by hand to see what it says`);
    }
  }
}

/** Never empty: the first one encrypts. `undefined` when a key file is not there yet. @throws ERR_VAULT_KEY */
export async function readVaultKeys(
  source: VaultKeySource,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly [VaultKey, ...VaultKey[]] | undefined> {
  const text = await textOf(source, environment);
  if (text === undefined) return undefined;
  const parsed = parseVaultKeys(text);
  if ('problem' in parsed) throw unusable(source, parsed.problem);
  const [first, ...others] = parsed.keys;
  if (first === undefined) throw unusable(source, 'it is empty');
  return [first, ...others];
}

/** @throws ERR_VAULT_KEY when the file cannot be written. */
export async function writeKeyFile(path: string, keys: readonly VaultKey[]): Promise<void> {
  try {
    await writePrivateFile(path, formatVaultKeys(keys).reveal());
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw unusable({ kind: 'file', path }, `it cannot be written (${error.code})`);
  }
}
