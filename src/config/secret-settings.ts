/** @module Which sources of secrets a text needs, found before it is checked: they have to be asked first, and that takes time. */

import { valueAt } from './schema-findings.ts';
import { secretCommandsSchema, vaultSchema } from './schema-vault.ts';
import { fillSecrets, type SecretSources, textsOf } from './secrets.ts';
import { parseYamlTree } from './yaml-tree.ts';

export type VaultKeySettings =
  /** As written: relative to the configuration folder, or to the home where it begins with `data/`. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly timeoutMs: number };

export interface SecretSettings {
  /** `undefined`: the section `vault` is not right, which is said when the text is checked. */
  readonly vaultKey: VaultKeySettings | undefined;
  readonly needsVault: boolean;
  /** Those that are referred to, with the right settings. */
  readonly commands: ReadonlyMap<string, { readonly argv: readonly string[]; readonly timeoutMs: number }>;
}

export const defaultVaultKeyFile = 'data/keys/vault.key';

/**
 * The two sections themselves may use `${env:…}` and `${file:…}` only: what is asked with their help cannot help to ask.
 * Nothing is needed where the text is not YAML: then it is refused for that.
 */
export function secretSettingsIn(
  text: string,
  { environment, readSecretFile }: Pick<SecretSources, 'environment' | 'readSecretFile'>,
): SecretSettings {
  const { value: raw } = parseYamlTree(text);
  const section = (key: string) => fillSecrets(valueAt(raw, [key]), { environment, readSecretFile }).value;
  const texts = textsOf(raw);
  const named = new Set(texts.flatMap((one) => [...one.matchAll(/\$\{command:([^{}]*)\}/g)].map(([, name]) => name)));
  const commands = secretCommandsSchema.safeParse(section('secret-commands')).data ?? {};
  return {
    vaultKey: vaultKeyOf(section('vault')),
    needsVault: texts.some((one) => one.includes('VAULT::')),
    commands: new Map(
      Object.entries(commands)
        .filter(([name]) => named.has(name))
        .map(([name, command]) => [name, { argv: command.run, timeoutMs: command['timeout-ms'] }]),
    ),
  };
}

function vaultKeyOf(written: unknown): VaultKeySettings | undefined {
  if (written === undefined) return { kind: 'file', path: defaultVaultKeyFile };
  const key = vaultSchema.safeParse(written).data?.key;
  if (key?.file !== undefined) return { kind: 'file', path: key.file };
  if (key?.environment !== undefined) return { kind: 'environment', name: key.environment };
  return key?.command && { kind: 'command', argv: key.command, timeoutMs: key['timeout-ms'] };
}
